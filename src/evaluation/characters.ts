import { invalidParameter } from '../errors.js';

/**
 * Counts characters as Python does.
 *
 * @param what the text is, as the message names it
 * @throws MlflowError 400 in the words of label schemas and review queues
 */
export function checkCharacters(text: string, what: string, most: number): void {
  const count = [...text].length;
  if (count <= most) return;
  throw invalidParameter(`${what} must be at most ${most} characters; got ${count}.`);
}
