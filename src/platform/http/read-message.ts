import { invalidParameter, missingParameter } from '../../errors.js';
import type { Contract, Schema } from './contract.js';
import { explainMismatch, Mismatch } from './explain.js';
import {
  MOST_TEXT,
  type Read,
  readAny,
  readBoolean,
  readDouble,
  readEnum,
  readInt32,
  readInt64,
  textReader,
} from './scalars.js';

export type Message = Record<string, unknown>;
/** Reads the members of a request into one object of known fields. Throws `MlflowError`. */
export type ReadMessage = (raw: Message) => Message;

interface Field {
  readonly name: string;
  readonly read: Read;
  readonly required: boolean;
  readonly alias: string | undefined;
  readonly fallback: unknown;
}

const camel = (name: string): string =>
  name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

const absent = (value: unknown): boolean => value === undefined || value === null || value === '';

/**
 * Makes the reader of a request message: MLflow reads bodies as protobuf JSON. Unknown members
 * are ignored, null is absent, a field may be named in snake_case or lowerCamelCase (but a
 * required one only in snake_case), the first fault in declared order is told.
 * Source: semantics-tracking 1 and 2.
 */
export function messageReader(contract: Contract, schema: Schema): ReadMessage {
  const read = objectReader(contract, schema, new Map());
  return (raw) => {
    try {
      return read(raw) as Message;
    } catch (error) {
      if (error instanceof Missing) throw missingParameter(error.path);
      throw error instanceof Mismatch ? explainMismatch(error) : error;
    }
  };
}

type Readers = Map<Schema, Read>;

const readKey = textReader(MOST_TEXT);

function valueReader(contract: Contract, given: Schema, known: Readers): Read {
  const schema = contract.resolve(given);
  if (schema.enum !== undefined) return readEnum(schema.enum, schema['x-enum-numbers'] ?? []);
  switch (schema.type) {
    case 'string':
      return textReader(schema.maxLength ?? MOST_TEXT);
    case 'boolean':
      return readBoolean;
    case 'integer':
      return bounded(schema, schema.format === 'int32' ? readInt32 : readInt64);
    case 'number':
      return readDouble;
    case 'array':
      return arrayReader(valueReader(contract, schema.items ?? {}, known));
    case 'object':
      if (schema.properties !== undefined) return objectReader(contract, schema, known);
      return mapReader(contract, schema, known);
    default:
      return readAny;
  }
}

function bounded({ maximum }: Schema, read: Read): Read {
  if (maximum === undefined) return read;
  return (raw) => {
    const value = read(raw);
    if ((value as number | bigint) > maximum) throw new Mismatch(raw);
    return value;
  };
}

function arrayReader(read: Read): Read {
  return (raw) => {
    if (!Array.isArray(raw)) throw new Mismatch(raw);
    let index = 0;
    try {
      return raw.map((item, position) => {
        index = position;
        if (item === null) throw new Mismatch(item);
        return read(item);
      });
    } catch (error) {
      throw located(error, `[${index}]`);
    }
  };
}

function mapReader(contract: Contract, schema: Schema, known: Readers): Read {
  const values = schema.additionalProperties;
  const read = typeof values === 'object' ? valueReader(contract, values, known) : undefined;
  return (raw) => {
    if (!isObject(raw)) throw new Mismatch(raw);
    if (read === undefined) return readAny(raw);
    return Object.fromEntries(
      Object.entries(raw).map(([key, value]) => {
        readKey(key);
        try {
          return [key, read(value)];
        } catch (error) {
          throw located(error, key);
        }
      }),
    );
  };
}

function objectReader(contract: Contract, given: Schema, known: Readers): Read {
  const schema = contract.resolve(given);
  const made = known.get(schema);
  if (made !== undefined) return made;
  let fields: readonly Field[] | undefined;
  let byName: ReadonlyMap<string, Field> | undefined;
  const read: Read = (raw) => {
    if (!isObject(raw)) throw new Mismatch(raw);
    fields ??= fieldsOf(contract, schema, known);
    byName ??= spellingsOf(fields);
    return readQuickly(raw, fields, byName) ?? readInOrder(raw, fields);
  };
  known.set(schema, read);
  return read;
}

function fieldsOf(contract: Contract, schema: Schema, known: Readers): Field[] {
  return Object.entries(schema.properties ?? {}).map(([name, property]) => ({
    name,
    read: valueReader(contract, property, known),
    required: schema.required?.includes(name) ?? false,
    alias: property['x-alias'],
    fallback: property.default,
  }));
}

const spellingsOf = (fields: readonly Field[]): ReadonlyMap<string, Field> =>
  new Map(
    fields.flatMap((field) => [
      [field.name, field],
      [camel(field.name), field],
    ]),
  );

/** @returns undefined when anything at all is wrong: the slow way then finds what to say */
function readQuickly(
  raw: Message,
  fields: readonly Field[],
  byName: ReadonlyMap<string, Field>,
): Message | undefined {
  const message: Message = {};
  try {
    for (const key in raw) {
      const value = raw[key];
      const field = byName.get(key);
      if (field === undefined || value === null) continue;
      if (field.name !== key && raw[field.name] !== undefined) return undefined;
      const read = field.read(value);
      if (read !== undefined) message[field.name] = read;
    }
  } catch {
    return undefined;
  }
  return complete(message, raw, fields) ? message : undefined;
}

function complete(message: Message, raw: Message, fields: readonly Field[]): boolean {
  for (const field of fields) {
    if (field.alias !== undefined && absent(message[field.name])) {
      const other = message[field.alias];
      if (other !== undefined) message[field.name] = other;
    }
    if (field.required && isMissing(raw, field)) return false;
    if (message[field.name] === undefined && field.fallback !== undefined) {
      message[field.name] = field.fallback;
    }
  }
  return true;
}

/** An empty field is missing whatever its alias says. */
const isMissing = (raw: Message, { name, alias }: Field): boolean =>
  absent(raw[name]) && (raw[name] === '' || alias === undefined || absent(raw[alias]));

function readInOrder(raw: Message, fields: readonly Field[]): Message {
  const message: Message = {};
  for (const field of fields) {
    const spelled = camel(field.name);
    if (spelled !== field.name && raw[field.name] != null && raw[spelled] != null) {
      throw invalidParameter(
        `Request specifies both '${field.name}' and '${spelled}'; provide only one of them.`,
      );
    }
    if (field.required && isMissing(raw, field)) throw missing(field.name);
    const value = raw[field.name] ?? raw[spelled];
    if (value === undefined || value === null) continue;
    try {
      const read = field.read(value);
      if (read !== undefined) message[field.name] = read;
    } catch (error) {
      throw located(error, field.name);
    }
  }
  complete(message, raw, fields);
  return message;
}

/** Thrown inside nested messages, where the path to the field is still being collected. */
class Missing extends Mismatch {}

const missing = (name: string): Missing => new Missing(undefined, name);

function located(error: unknown, segment: string): unknown {
  return error instanceof Mismatch ? error.within(segment) : error;
}

const isObject = (raw: unknown): raw is Message =>
  typeof raw === 'object' && raw !== null && !Array.isArray(raw);
