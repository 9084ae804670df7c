import { invalidRequest, type MlflowError } from '../../errors.js';
import { printJson } from './wire-json.js';

/** A value longer than this is cut in a message. */
const SHOWN = 500;

/** Thrown inside the readers; carries the value and collects the path to it on the way out. */
export class Mismatch extends Error {
  readonly value: unknown;
  path: string;
  /** What is wrong, where it is not the type. */
  readonly hint: string | undefined;

  constructor(value: unknown, path = '', hint?: string) {
    super('mismatch');
    this.value = value;
    this.path = path;
    this.hint = hint;
  }

  /** Puts a field or an index before the path: `metrics` + `[0].value`. */
  within(segment: string): this {
    const glue = this.path === '' || this.path.startsWith('[') ? '' : '.';
    this.path = `${segment}${glue}${this.path}`;
    return this;
  }
}

/** The refusal of a value in the wording of MLflow's request validators. */
export function explainMismatch(mismatch: Mismatch): MlflowError {
  const shown = compactJson(mismatch.value);
  const hint = mismatch.hint ?? `Value was of type '${pythonType(mismatch.value)}'.`;
  return invalidRequest(
    `Invalid value ${shown} for parameter '${mismatch.path}' supplied:  Hint: ${hint}`,
  );
}

function compactJson(value: unknown): string {
  const json = typeof value === 'number' ? String(value) : printJson(value);
  return json.length > SHOWN ? `${json.slice(0, SHOWN)}...` : json;
}

/** MLflow names types as Python does, and its users know them by these names. */
function pythonType(value: unknown): string {
  if (value === null || value === undefined) return 'NoneType';
  if (Array.isArray(value)) return 'list';
  switch (typeof value) {
    case 'string':
      return 'str';
    case 'boolean':
      return 'bool';
    case 'bigint':
      return 'int';
    case 'number':
      return Number.isInteger(value) ? 'int' : 'float';
    default:
      return 'dict';
  }
}
