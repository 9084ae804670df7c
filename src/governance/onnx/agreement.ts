import { dataType } from './data-types.js';
import { type Problems, quoted } from './problems.js';
import { type GraphMessage, toBigInt, type ValueInfoMessage } from './schema.js';
import type { ModelSignature, SignatureField } from './signature.js';

/** An input or output of the graph. */
interface Value {
  readonly name: string;
  /** NumPy's word; undefined for what is no tensor, such as a list of maps. */
  readonly type: string | undefined;
  /** -1 for any; undefined where the model does not even say how many there are. */
  readonly shape: readonly number[] | undefined;
}

/** The types of columns, and of tensors that their values can be handed to. */
const COLUMN_TYPES: Readonly<Record<string, readonly string[]>> = {
  boolean: ['bool'],
  integer: ['int32'],
  long: ['int64'],
  // MLflow narrows doubles for a model that takes floats.
  double: ['float64', 'float32'],
  float: ['float32'],
  string: ['string'],
};

/** What a model with one input and a table gets is one array of all columns, widened to fit. */
const NUMBERS = ['bool', 'int32', 'int64', 'float32', 'float64'];

/** Looks whether the model takes and makes what its signature promises. */
export function checkAgreement(
  graph: GraphMessage,
  signature: ModelSignature,
  problems: Problems,
): void {
  const initializers = new Set(graph.initializer.map(({ name }) => name));
  const inputs = graph.input.filter(({ name }) => !initializers.has(name)).map(toValue);
  checkInputs(inputs, signature.inputs, problems);
  checkOutputs(graph.output.map(toValue), signature.outputs, problems);
}

function checkInputs(
  values: readonly Value[],
  fields: readonly SignatureField[],
  problems: Problems,
): void {
  if (fields.length === 0) return;
  const [only] = values;
  if (only !== undefined && values.length === 1 && fields.every(({ shape }) => !shape)) {
    checkTable(only, fields, problems);
    return;
  }
  checkNamed('input', values, fields, problems);
  const names = new Set(fields.map(({ name }) => name));
  if (values.length === 1 && fields.length === 1 && names.has(undefined)) return;
  for (const { name } of values) {
    if (!names.has(name)) {
      problems.add(`The model has the input ${quoted(name)}, which the signature lacks`);
    }
  }
}

/** Outputs that the signature does not name are nobody's promise. */
function checkOutputs(
  values: readonly Value[],
  fields: readonly SignatureField[],
  problems: Problems,
): void {
  const [field] = fields;
  if (field === undefined) return;
  if (fields.length > 1 || field.name !== undefined || values.length === 1) {
    checkNamed('output', values, fields, problems);
  } else if (values.every((value) => mismatch('output', value, field) !== undefined)) {
    problems.add(
      `The signature has an output of type ${typeText(field)}, and no output of the model fits it`,
    );
  }
}

function checkNamed(
  kind: 'input' | 'output',
  values: readonly Value[],
  fields: readonly SignatureField[],
  problems: Problems,
): void {
  for (const field of fields) {
    const isLone = field.name === undefined && fields.length === 1 && values.length === 1;
    const value = isLone ? values[0] : values.find(({ name }) => name === field.name);
    if (value === undefined) {
      const called = field.name === undefined ? 'without a name' : quoted(field.name);
      problems.add(`The signature has the ${kind} ${called}, which the model lacks`);
      continue;
    }
    const problem = mismatch(kind, value, field);
    if (problem !== undefined) problems.add(problem);
  }
}

/** One tensor for all columns of a table: rows by columns. */
function checkTable(value: Value, fields: readonly SignatureField[], problems: Problems): void {
  const { name, type, shape } = value;
  const columns = shape?.[1] ?? -1;
  if (shape !== undefined && shape.length !== 2) {
    problems.add(
      `The signature has columns, and the model's input ${quoted(name)} has ` +
        `${shape.length} dimensions instead of 2`,
    );
  } else if (columns >= 0 && columns !== fields.length) {
    problems.add(
      `The signature has ${fields.length} columns, and the model's input ${quoted(name)} ` +
        `takes ${columns}`,
    );
  }
  for (const field of fields) {
    const possible = COLUMN_TYPES[field.type] ?? [];
    const isNumber = possible.some((one) => NUMBERS.includes(one));
    const fits = isNumber
      ? NUMBERS.includes(type ?? '') || type === 'float16'
      : possible.includes(type ?? '');
    if (!fits) {
      const column = field.name === undefined ? 'A column' : `Column ${quoted(field.name)}`;
      problems.add(
        `${column} of the signature is ${typeText(field)}, and the model's input ` +
          `${quoted(name)} is ${type ?? 'no tensor'}`,
      );
      return;
    }
  }
}

function mismatch(
  kind: 'input' | 'output',
  { name, type, shape }: Value,
  field: SignatureField,
): string | undefined {
  // What is no tensor comes out as Python objects; a signature has no exact word for it.
  if (type === undefined) return undefined;
  const possible = field.shape === undefined ? (COLUMN_TYPES[field.type] ?? []) : [field.type];
  const widened = kind === 'input' && field.type === 'float64' ? ['float32'] : [];
  const isText = type === 'string' && /^(?:str|object|<U\d*)/.test(field.type);
  if (!isText && ![...possible, ...widened].includes(type)) {
    return `The ${kind} ${quoted(name)} is ${typeText(field)} in the signature and ${type} in the model`;
  }
  if (field.shape === undefined || shape === undefined) return undefined;
  if (field.shape.length !== shape.length) {
    return (
      `The ${kind} ${quoted(name)} has ${field.shape.length} dimensions in the signature and ` +
      `${shape.length} in the model`
    );
  }
  const differs = field.shape.some(
    (dim, at) => dim >= 0 && (shape[at] ?? -1) >= 0 && dim !== shape[at],
  );
  if (!differs) return undefined;
  return (
    `The ${kind} ${quoted(name)} has the shape [${field.shape.join(', ')}] in the signature and ` +
    `[${shape.join(', ')}] in the model`
  );
}

const typeText = ({ type }: SignatureField): string =>
  /^[\w<>|]{1,40}$/.test(type) ? type : quoted(type);

function toValue({ name, type }: ValueInfoMessage): Value {
  const tensor = type?.tensorType ?? null;
  if (tensor === null) return { name, type: undefined, shape: undefined };
  const shape = tensor.shape?.dim.map((dim) =>
    dim.value === 'dimValue' ? Number(toBigInt(dim.dimValue)) : -1,
  );
  return { name, type: dataType(tensor.elemType)?.name ?? 'of an unknown type', shape };
}
