import {
  isList,
  isNumber,
  isObject,
  parseTagged,
  printTagged,
  type TaggedJson,
  type TaggedObject,
} from '../../platform/tagged-json.js';
import type { NewRecord } from './records.js';

type Fields = Record<string, TaggedJson>;

/**
 * Adds the fields of new records to what a dataset says of the fields of its records. The first
 * value of a field decides on its type.
 *
 * @param schema JSON, or null where there have been no records
 */
export function growSchema(schema: string | null, records: readonly NewRecord[]): string | null {
  if (records.length === 0) return schema;
  const before = schema === null ? {} : (parseTagged(schema, 'schema') as TaggedObject);
  const inputs: Fields = { ...fieldsOf(before.sinputs) };
  const expectations: Fields = { ...fieldsOf(before.sexpectations) };
  let outputs: TaggedJson = before.soutputs ?? {};
  for (const record of records) {
    addFields(inputs, record.inputs);
    addFields(expectations, record.expectations ?? {});
    outputs = withOutputs(outputs, record.outputs ?? null);
  }
  return printTagged({
    sinputs: inputs,
    soutputs: outputs,
    sexpectations: expectations,
    sversion: 's1.0',
  });
}

const fieldsOf = (value: TaggedJson | undefined): TaggedObject => (isObject(value) ? value : {});

/** Outputs are fields as well, or one value without a name: whichever comes first. */
function withOutputs(known: TaggedJson, outputs: TaggedJson): TaggedJson {
  if (outputs === null || !isObject(known)) return known;
  if (isObject(outputs)) {
    const fields = { ...known };
    addFields(fields, outputs);
    return fields;
  }
  return Object.keys(known).length === 0 ? `s${typeOf(outputs)}` : known;
}

function addFields(fields: Fields, values: TaggedObject): void {
  for (const [name, value] of Object.entries(values)) {
    if (!Object.hasOwn(fields, name)) fields[name] = `s${typeOf(value)}`;
  }
}

function typeOf(value: TaggedJson): string {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'string') {
    if (!isNumber(value)) return 'string';
    return /^n-?\d+$/.test(value) ? 'integer' : 'float';
  }
  return isList(value) ? 'array' : 'object';
}
