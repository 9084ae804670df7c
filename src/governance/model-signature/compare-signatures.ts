import { canonicalJson } from '../../platform/canonical-json.js';
import type { JsonObject } from '../../platform/json-value.js';
import { isObject } from '../documents/unfit.js';
import { isRequired, type Signature, type SignatureField, typeName } from './signature.js';

/** One way in which a signature differs from another. */
export interface SignatureChange {
  /** `major` breaks a caller of the older one, `minor` doesn't. */
  readonly level: 'major' | 'minor';
  readonly message: string;
}

const major = (message: string): SignatureChange => ({ level: 'major', message });
const minor = (message: string): SignatureChange => ({ level: 'minor', message });

/** Compares as a caller does: may who calls the older model go on with the newer one? */
export function compareSignatures(
  base: Signature | undefined,
  next: Signature | undefined,
): readonly SignatureChange[] {
  if (base === undefined) return next === undefined ? [] : [minor('The model got a signature.')];
  if (next === undefined) return [major('The model has no signature any more.')];
  return [
    ...compareInputs('input', base.inputs, next.inputs),
    ...compareOutputs(base.outputs, next.outputs),
    ...compareParams(base.params ?? [], next.params ?? []),
  ];
}

type Fields = readonly SignatureField[];

function compareInputs(what: string, base: Fields | undefined, next: Fields | undefined) {
  if (base === undefined) return next === undefined ? [] : [minor(`The ${what}s are described.`)];
  if (next === undefined) return [major(`The ${what}s are not described any more.`)];
  return compareFields(what, base, next);
}

function compareFields(what: string, base: Fields, next: Fields): SignatureChange[] {
  const after = new Map(next.map((field) => [field.name, field]));
  const before = new Set(base.map(({ name }) => name));
  const kept = base.flatMap((field) => {
    const now = after.get(field.name);
    if (now === undefined) return [major(`The ${what} '${field.name}' is gone.`)];
    return [
      ...compareTypes(`${what} '${field.name}'`, field.type, now.type),
      ...compareNeed(what, field, now),
    ];
  });
  const added = next
    .filter(({ name }) => !before.has(name))
    .map(({ name, required }) =>
      required
        ? major(`The ${what} '${name}' is new and has to be given.`)
        : minor(`The ${what} '${name}' is new and may be left out.`),
    );
  return [...kept, ...added];
}

function compareNeed(what: string, base: SignatureField, next: SignatureField): SignatureChange[] {
  if (base.required === next.required) return [];
  return next.required
    ? [major(`The ${what} '${base.name}' has to be given now.`)]
    : [minor(`The ${what} '${base.name}' may be left out now.`)];
}

function compareTypes(what: string, base: JsonObject, next: JsonObject): SignatureChange[] {
  if (canonicalJson(base) === canonicalJson(next)) return [];
  if (isObject(base.properties) && isObject(next.properties)) {
    return compareFields(`${what}:`, members(base.properties), members(next.properties));
  }
  const sameKind = base.type === next.type;
  for (const inner of ['items', 'values'] as const) {
    const [one, other] = [base[inner], next[inner]];
    if (sameKind && isObject(one) && isObject(other)) return compareTypes(what, one, other);
  }
  return [major(`The ${what} was ${typeName(base)} and is ${typeName(next)}.`)];
}

const members = (properties: JsonObject): Fields =>
  Object.entries(properties).flatMap(([name, value]) => {
    if (!isObject(value)) return [];
    const { required: _, ...type } = value;
    return [{ name, type, required: isRequired(value) }];
  });

/** Whatever a caller reads of an answer has to be there as it was. */
function compareOutputs(base: Fields | undefined, next: Fields | undefined): SignatureChange[] {
  if (base === undefined) return next === undefined ? [] : [minor('The outputs are described.')];
  if (next === undefined) return [major('The outputs are not described any more.')];
  const print = (fields: Fields) => canonicalJson(fields);
  if (print(base) === print(next)) return [];
  const show = (fields: Fields) =>
    fields
      .map(({ name, type }) => `${name} ${typeName(type)}`)
      .join(', ')
      .slice(0, 200);
  return [major(`The outputs were ${show(base)} and are ${show(next)}.`)];
}

/** A param always has a default, so a new one breaks nobody. */
function compareParams(base: Fields, next: Fields): SignatureChange[] {
  const optional = (fields: Fields) => fields.map((field) => ({ ...field, required: false }));
  return compareFields('param', optional(base), optional(next));
}
