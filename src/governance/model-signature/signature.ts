import { canonicalJson } from '../../platform/canonical-json.js';
import type { JsonObject, JsonValue } from '../../platform/json-value.js';
import { MLMODEL_LIMITS } from '../documents/read-document.js';
import { findUnfit, isObject } from '../documents/unfit.js';

/** A column, a tensor or a param of a model's signature. */
export interface SignatureField {
  /** `#0`, `#1`, ... where the signature names none. */
  readonly name: string;
  /** As MLflow writes it, without name and whether it has to be there. */
  readonly type: JsonObject;
  readonly required: boolean;
}

/** The signature of an MLmodel; what it doesn't speak of is undefined. */
export interface Signature {
  readonly inputs: readonly SignatureField[] | undefined;
  readonly outputs: readonly SignatureField[] | undefined;
  readonly params: readonly SignatureField[] | undefined;
}

/** Not of the type: where a field stands, and what a param is where nobody sets it. */
const ASIDE = new Set(['name', 'required', 'optional', 'default']);

/**
 * Reads the `signature` of an MLmodel, whose members are JSON in a text, or already lists.
 *
 * @returns undefined where there is none that can be read
 */
export function readSignature(value: JsonValue | undefined): Signature | undefined {
  if (!isObject(value)) return undefined;
  const [inputs, outputs, params] = [value.inputs, value.outputs, value.params].map(fieldsOf);
  if (inputs === undefined && outputs === undefined && params === undefined) return undefined;
  return { inputs, outputs, params };
}

function fieldsOf(member: JsonValue | undefined): SignatureField[] | undefined {
  const listed = typeof member === 'string' ? parsed(member) : member;
  if (!Array.isArray(listed)) return undefined;
  return listed.filter(isObject).map((field: JsonObject, index) => ({
    name: typeof field.name === 'string' ? field.name : `#${index}`,
    type: Object.fromEntries(Object.entries(field).filter(([key]) => !ASIDE.has(key))),
    required: isRequired(field),
  }));
}

/** Releases before 2.6 wrote `optional`. */
export const isRequired = (field: JsonObject): boolean =>
  field.required !== false && field.optional !== true;

function parsed(text: string): JsonValue | undefined {
  try {
    if (text.length > MLMODEL_LIMITS.characters) return undefined;
    const value = JSON.parse(text) as JsonValue;
    return findUnfit(value, MLMODEL_LIMITS) === undefined ? value : undefined;
  } catch {
    return undefined;
  }
}

/** @returns a type in a few words, for a message */
export function typeName(type: JsonObject): string {
  const tensor = type['tensor-spec'];
  if (isObject(tensor)) return `tensor ${tensor.dtype} ${canonicalJson(tensor.shape ?? null)}`;
  const keys = Object.keys(type);
  return keys.length === 1 && typeof type.type === 'string' ? type.type : canonicalJson(type);
}
