import { alreadyExists, invalidParameter, type MlflowError, notFound } from '../../errors.js';
import { checkLength, checkUniqueAsPath } from '../../platform/rules/names.js';
import type { Tag } from '../tags.js';
import type { ModelVersion } from '../versions/versions.js';

export interface Alias {
  readonly alias: string;
  readonly version: number;
}

/** A registered model as it is stored; times in ms since the epoch. */
export interface RegisteredModel {
  readonly name: string;
  readonly creation_timestamp: number;
  readonly last_updated_timestamp: number;
  readonly description: string | null;
  /** The newest version of each stage; their aliases are not read. */
  readonly latest_versions: readonly Omit<ModelVersion, 'aliases'>[];
  readonly tags: readonly Tag[];
  readonly aliases: readonly Alias[];
}

/** What MLflow's database columns hold. An index entry has a limit, so a name needs one. */
const MAX_NAME = 256;

/** The rule for a name that a caller looks up. @throws MlflowError 400 in MLflow's wording */
export function checkModelName(name: string, parameter = 'name'): void {
  if (name.trim() === '') {
    throw invalidParameter(`Missing value for required parameter '${parameter}'.`);
  }
  if (/[/:]/.test(name)) {
    throw invalidParameter(`Invalid model name '${name}'. Names cannot contain '/' or ':'.`);
  }
  checkUniqueAsPath(name, 'name');
}

/** The rule for a name that a model is given. @throws MlflowError 400 */
export function checkNewModelName(name: string, parameter = 'name'): void {
  checkModelName(name, parameter);
  if (name === '*') {
    throw invalidParameter(`Invalid model name '${name}'. Permissions mean all models by it.`);
  }
  checkLength(name, 'name', MAX_NAME);
}

export const noModel = (name: string): MlflowError =>
  notFound(`Registered Model with name=${name} not found`);

export const modelTaken = (name: string): MlflowError =>
  alreadyExists(`Registered Model (name=${name}) already exists.`);

/** The refusal of a new name; models and prompts share one set of names. */
export function nameTaken(name: string, newIsPrompt: boolean, oldIsPrompt: boolean): MlflowError {
  if (newIsPrompt === oldIsPrompt) {
    return newIsPrompt ? alreadyExists(`Prompt (name=${name}) already exists.`) : modelTaken(name);
  }
  const kind = (isPrompt: boolean) => (isPrompt ? 'prompt' : 'registered model');
  return alreadyExists(
    `Tried to create a ${kind(newIsPrompt)} with name ${quoted(name)}, but the name is already ` +
      `taken by a ${kind(oldIsPrompt)}. MLflow does not allow creating a model and a prompt ` +
      'with the same name.',
  );
}

/** Quotes as Python does: single quotes, unless only the text itself holds them. */
function quoted(text: string): string {
  const escaped = text.replaceAll('\\', '\\\\');
  if (!text.includes("'")) return `'${escaped}'`;
  return text.includes('"') ? `'${escaped.replaceAll("'", "\\'")}'` : `"${escaped}"`;
}
