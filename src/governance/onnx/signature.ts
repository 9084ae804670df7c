import { objectOf, parseMlmodel } from '../model-folder/mlmodel.js';

/** One column or tensor of a signature. */
export interface SignatureField {
  /** Absent for what has no name: a lone tensor, or columns that were an array. */
  readonly name: string | undefined;
  /** NumPy's word for a tensor (`float32`), MLflow's for a column (`double`). */
  readonly type: string;
  /** The dimensions of a tensor, -1 for any; undefined for a column. */
  readonly shape: readonly number[] | undefined;
}

export interface ModelSignature {
  readonly inputs: readonly SignatureField[];
  readonly outputs: readonly SignatureField[];
}

const UNREADABLE = 'The signature in the MLmodel file can not be read';

/**
 * Reads the signature out of an `MLmodel` file.
 *
 * @returns undefined when it has none, or in words what can't be read
 */
export function signatureOf(text: string): ModelSignature | undefined | string {
  const mlmodel = parseMlmodel(text);
  if (mlmodel === undefined) return UNREADABLE;
  if (mlmodel.signature === undefined) return undefined;
  try {
    const { inputs, outputs } = membersOf(mlmodel.signature);
    return { inputs: fieldsOf(inputs), outputs: fieldsOf(outputs) };
  } catch {
    return UNREADABLE;
  }
}

/** Inputs and outputs are JSON in a text of the YAML. */
function fieldsOf(text: unknown): SignatureField[] {
  if (text === undefined || text === null) return [];
  const list: unknown = typeof text === 'string' ? JSON.parse(text) : text;
  if (!Array.isArray(list)) throw new Error('A schema is a list');
  return list.map((field) => {
    const { name, type, 'tensor-spec': tensor } = membersOf(field);
    const known = typeof name === 'string' ? name : undefined;
    if (tensor === undefined) return { name: known, type: String(type), shape: undefined };
    const { dtype, shape } = membersOf(tensor);
    if (!Array.isArray(shape)) throw new Error('A shape is a list');
    return { name: known, type: String(dtype), shape: shape.map(Number) };
  });
}

function membersOf(value: unknown): Record<string, unknown> {
  const members = objectOf(value);
  if (members === undefined) throw new Error('There should be an object');
  return members;
}
