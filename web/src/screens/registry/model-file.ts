import { parse } from 'yaml';

/** One column or tensor that a model takes or gives. */
export interface Field {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
}

export interface Flavor {
  readonly name: string;
  readonly facts: readonly (readonly [string, string])[];
}

/** What the file `MLmodel` says. */
export interface ModelFile {
  readonly inputs: readonly Field[];
  readonly outputs: readonly Field[];
  readonly params: readonly Field[];
  readonly flavors: readonly Flavor[];
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** @param text of a file that anybody may have written */
export function readModelFile(text: string): ModelFile {
  const read: unknown = parse(text.slice(0, 500_000), { maxAliasCount: 20 });
  const file = isObject(read) ? read : {};
  const signature = isObject(file.signature) ? file.signature : {};
  const flavors = isObject(file.flavors) ? file.flavors : {};
  return {
    inputs: fieldsIn(signature.inputs),
    outputs: fieldsIn(signature.outputs),
    params: fieldsIn(signature.params),
    flavors: Object.entries(flavors).map(([name, facts]) => ({
      name,
      facts: Object.entries(isObject(facts) ? facts : {})
        .filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value))
        .map(([key, value]) => [key, String(value)]),
    })),
  };
}

/** Fields, which stand as JSON in the YAML. */
function fieldsIn(text: unknown): readonly Field[] {
  if (typeof text !== 'string') return [];
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    return [];
  }
  if (!Array.isArray(list)) return [];
  return list.filter(isObject).map((field, index) => ({
    name: typeof field.name === 'string' ? field.name : `#${index}`,
    type: typeOf(field),
    required: field.required !== false && field.default === undefined,
  }));
}

function typeOf(field: Record<string, unknown>): string {
  const tensor = field['tensor-spec'];
  if (isObject(tensor)) {
    const shape = Array.isArray(tensor.shape) ? tensor.shape.join(' × ') : '';
    return `${String(tensor.dtype ?? '')} (${shape})`;
  }
  return typeof field.type === 'string' ? field.type : JSON.stringify(field.type ?? '');
}
