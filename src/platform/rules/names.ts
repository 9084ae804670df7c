import { posix } from 'node:path';
import { invalidParameter } from '../../errors.js';

/** Most keys are plain; the Unicode rule is asked only about the others. */
const PLAIN = /^[A-Za-z0-9_\-. ]*$/;
/** Python's `\w` takes letters and digits of every script. */
const ALLOWED = /^[/\p{L}\p{N}_.\- :]*$/u;

/**
 * Is this a key like nearly all, which no rule can refuse? It spares hot paths the words for a
 * refusal that does not come.
 */
export const isPlainKey = (name: string, maxLength: number): boolean =>
  name !== '' && name.length <= maxLength && !name.startsWith('.') && PLAIN.test(name);

/**
 * The rule for names of metrics, params and tags, of runs, experiments and the registry.
 *
 * @param path how the request calls the field: `metrics[0].name`
 * @throws MlflowError 400 in MLflow's wording (semantics-tracking 2)
 */
export function checkKey(name: string, path: string, what: string, maxLength: number): void {
  if (!PLAIN.test(name) && !ALLOWED.test(name)) {
    throw invalidParameter(
      `Invalid value ${JSON.stringify(name)} for parameter '${path}' supplied: Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/).`,
    );
  }
  checkUniqueAsPath(name, path);
  checkLength(name, what, maxLength);
}

/** A name may become a file name, so it must not mean another name as a path. */
export function checkUniqueAsPath(name: string, path: string): void {
  if (name !== '' && !name.includes('/') && !name.startsWith('.')) return;
  const resolved = normalize(name);
  if (resolved === name && name !== '.' && !name.startsWith('..') && !name.startsWith('/')) return;
  throw invalidParameter(
    `Invalid value ${JSON.stringify(name)} for parameter '${path}' supplied: Names may be treated as files in certain cases, and must not resolve to other names when treated as such. This name would resolve to '${resolved}'`,
  );
}

/** @throws MlflowError 400 when the text has more than `max` characters */
export function checkLength(text: string, what: string, max: number): void {
  // The length in UTF-16 units is never below that in characters: most texts need no count.
  if (text.length <= max || characters(text) <= max) return;
  throw invalidParameter(`'${what}' exceeds the maximum length of ${max} characters`);
}

/** @returns the first `max` characters; MLflow cuts over-long values without a word */
export function truncate(text: string, max: number): string {
  if (text.length <= max || characters(text) <= max) return text;
  return [...text].slice(0, max).join('');
}

const characters = (text: string): number => {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
};

/** Unlike Node's, Python's normalisation drops a trailing slash. */
function normalize(name: string): string {
  const result = posix.normalize(name);
  return result.length > 1 && result.endsWith('/') ? result.slice(0, -1) : result;
}
