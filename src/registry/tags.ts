import { invalidParameter } from '../errors.js';
import { checkKey, checkLength } from '../platform/rules/names.js';

/** A tag of a registered model or of a version. */
export interface Tag {
  readonly key: string;
  readonly value: string;
}

const MAX_KEY = 250;
const MAX_VALUE = 100_000;
const PROMPT_TEXT_TAG = 'mlflow.prompt.text';

/** The tag that makes a registered model, or a version, a prompt. */
export const IS_PROMPT_TAG = 'mlflow.prompt.is_prompt';

/** @returns the tags of a request: absent parts are empty, the last of a key wins */
export function tagsOf(given: readonly Partial<Tag>[] = []): Tag[] {
  const values = new Map(given.map(({ key = '', value = '' }) => [key, value]));
  return Array.from(values, ([key, value]) => ({ key, value }));
}

/** @throws MlflowError 400 in the wording of MLflow's store */
export function checkModelTag({ key, value }: Tag): void {
  checkKey(key, 'key', 'key', MAX_KEY);
  checkLength(value, 'value', MAX_VALUE);
}

/** As {@link checkModelTag}; a prompt's text has a message of its own. */
export function checkVersionTag({ key, value }: Tag): void {
  checkKey(key, 'key', 'key', MAX_KEY);
  // The length in UTF-16 units is never below that in characters.
  const isTooLong = value.length > MAX_VALUE && [...value].length > MAX_VALUE;
  if (isTooLong && key === PROMPT_TEXT_TAG) {
    throw invalidParameter(`Prompt text exceeds max length of ${MAX_VALUE} characters.`);
  }
  checkLength(value, 'value', MAX_VALUE);
}

/** A key that only names what to delete has no length: a long one names nothing. */
export const checkTagKey = (key: string): void =>
  checkKey(key, 'key', 'key', Number.POSITIVE_INFINITY);

/** A model with this key, whatever its value, holds its name as a prompt. */
export const holdsPromptTag = (tags: readonly Tag[]): boolean =>
  tags.some(({ key }) => key === IS_PROMPT_TAG);

/** A version is a prompt's only if its tag says so. */
export const saysPrompt = (tags: readonly Tag[]): boolean =>
  tags.some(({ key, value }) => key === IS_PROMPT_TAG && value.toLowerCase() === 'true');
