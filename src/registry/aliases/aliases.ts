import { invalidParameter, type MlflowError } from '../../errors.js';
import { checkLength } from '../../platform/rules/names.js';

const MAX_ALIAS = 255;
/** Python's `\w` takes letters and digits of every script. */
const ALLOWED = /^[\p{L}\p{N}_-]*$/u;

/** The rule for an alias that a caller looks up. @throws MlflowError 400 in MLflow's wording */
export function checkAlias(alias: string): void {
  if (alias === '') throw invalidParameter('Registered model alias name cannot be empty.');
  if (!ALLOWED.test(alias)) {
    throw invalidParameter(
      `Invalid alias name: '${alias}'. Names may only contain alphanumerics, underscores (_), and dashes (-).`,
    );
  }
  checkLength(alias, 'Registered model alias name', MAX_ALIAS);
}

/** The rule for an alias that a version is given. @throws MlflowError 400 */
export function checkNewAlias(alias: string): void {
  checkAlias(alias);
  if (meansLatest(alias)) {
    throw invalidParameter("'latest' alias name (case insensitive) is reserved.");
  }
  if (/^[vV]\p{Nd}+$/u.test(alias)) {
    throw invalidParameter(`Version alias name '${alias}' is reserved.`);
  }
}

/** `latest` is no alias but the highest version, whatever its stage. */
export const meansLatest = (alias: string): boolean => alias.toLowerCase() === 'latest';

/** MLflow answers 400 here, not 404. */
export const noAlias = (alias: string): MlflowError =>
  invalidParameter(`Registered model alias ${alias} not found.`);
