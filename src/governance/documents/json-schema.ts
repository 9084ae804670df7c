import { createRequire } from 'node:module';
import type { Ajv2020, ErrorObject, ValidateFunction } from 'ajv/dist/2020.js';
import { RE2JS } from 're2js';
import { canonicalDigest } from '../../platform/canonical-digest.js';
import type { JsonObject, JsonValue } from '../../platform/json-value.js';

/** One thing that a schema found wrong. */
export interface SchemaProblem {
  /** Keys from the root on, joined by dots; empty for the whole. */
  readonly field: string;
  /** A clause that goes on behind the field: `must be string`, `is missing`. */
  readonly message: string;
}

/** @returns what is wrong with a value, all of it; nothing where it fits */
export type SchemaCheck = (value: JsonValue) => readonly SchemaProblem[];

export type CompiledSchema =
  | { readonly ok: true; readonly check: SchemaCheck }
  | { readonly ok: false; readonly problem: string };

/** Loaded with the first schema, and without waiting: most servers never read one. */
const load = createRequire(import.meta.url);

const MAX_PROBLEMS = 100;
const MAX_KEPT = 100;
const kept = new Map<string, CompiledSchema>();

/**
 * Compiles a JSON Schema 2020-12, or hands out what it was compiled to before. Patterns are matched
 * in a time that grows with the text alone, and nothing is fetched: a schema may come from a user.
 */
export function compileSchema(schema: JsonObject): CompiledSchema {
  const digest = canonicalDigest(schema);
  const known = kept.get(digest);
  if (known !== undefined) return known;
  if (kept.size >= MAX_KEPT) kept.clear();
  const compiled = compile(schema);
  kept.set(digest, compiled);
  return compiled;
}

/**
 * As {@link compileSchema} for a schema of the product's own, when it is needed first: compiling
 * it at the start would make every start a tenth of a second longer.
 *
 * @throws Error where it is broken
 */
export function schemaOnDemand(schema: JsonObject): SchemaCheck {
  let check: SchemaCheck | undefined;
  return (value) => {
    check ??= requireSchema(schema);
    return check(value);
  };
}

function requireSchema(schema: JsonObject): SchemaCheck {
  const compiled = compileSchema(schema);
  if (!compiled.ok) throw new Error(compiled.problem);
  return compiled.check;
}

function compile(schema: JsonObject): CompiledSchema {
  try {
    const validate = newAjv().compile(schema);
    return { ok: true, check: (value) => problemsOf(validate, value) };
  } catch (error) {
    const reason = error instanceof Error ? error.message.slice(0, 300) : 'it can not be read';
    return { ok: false, problem: `The JSON Schema can not be used: ${reason}` };
  }
}

/** One for each schema, so that ids of one never meet those of another. */
function newAjv(): Ajv2020 {
  const { Ajv2020: Ajv } = load('ajv/dist/2020.js') as typeof import('ajv/dist/2020.js');
  const formats = load('ajv-formats') as typeof import('ajv-formats');
  const ajv = new Ajv({
    allErrors: true,
    strict: false,
    allowUnionTypes: true,
    ownProperties: true,
    logger: false,
    code: { regExp: linearPattern },
  });
  formats.default(ajv, { mode: 'full', formats: ['date', 'date-time'] });
  formats.default(ajv, { mode: 'fast', formats: ['email', 'uri', 'uuid'] });
  return ajv;
}

/** Stands where Ajv asks for a regular expression: the same, without backtracking. */
const linearPattern = Object.assign(
  (pattern: string) => {
    const compiled = RE2JS.compile(pattern);
    return {
      test: (text: string) => compiled.matcher(text).find(),
      // Ajv tells patterns of one schema apart by this.
      toString: () => pattern,
    };
  },
  { code: 'linearPattern' },
);

function problemsOf(validate: ValidateFunction, value: JsonValue): SchemaProblem[] {
  if (validate(value)) return [];
  const errors = (validate.errors ?? []).filter(({ keyword }) => keyword !== 'if');
  const all = errors.slice(0, MAX_PROBLEMS).map(describe);
  const seen = new Set<string>();
  return all.filter(({ field, message }) => {
    const key = `${field} ${message}`;
    return !seen.has(key) && seen.add(key) !== undefined;
  });
}

const fieldOf = (pointer: string): string =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~').slice(0, 100))
    .join('.');

function describe(error: ErrorObject): SchemaProblem {
  const field = fieldOf(error.instancePath);
  const inside = (key: unknown) => (field === '' ? String(key) : `${field}.${String(key)}`);
  const { params } = error;
  switch (error.keyword) {
    case 'required':
      return { field: inside(params.missingProperty), message: 'is missing' };
    case 'additionalProperties':
      return { field: inside(params.additionalProperty), message: 'is not a known key' };
    case 'unevaluatedProperties':
      return { field: inside(params.unevaluatedProperty), message: 'is not a known key' };
    case 'minProperties':
      return { field, message: `must hold at least ${params.limit} ${entries(params.limit)}` };
    case 'minLength':
      return { field, message: `must have at least ${params.limit} ${characters(params.limit)}` };
    case 'maxLength':
      return { field, message: `must have at most ${params.limit} characters` };
    case 'enum':
      return { field, message: `must be one of ${(params.allowedValues as unknown[]).join(', ')}` };
    case 'const':
      return { field, message: `must be ${JSON.stringify(params.allowedValue)}` };
    case 'type':
      return { field, message: `must be of type ${[params.type].flat().join(' or ')}` };
    case 'format':
      return { field, message: `must be a ${params.format}` };
    default:
      return { field, message: error.message ?? 'is not valid' };
  }
}

const entries = (count: unknown): string => (count === 1 ? 'entry' : 'entries');
const characters = (count: unknown): string => (count === 1 ? 'character' : 'characters');
