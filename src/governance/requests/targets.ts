import { invalidParameter } from '../../errors.js';
import type { Promotion } from '../gate/promotion-facts.js';

/** Stands before an alias where a target may be a stage too. */
export const ALIAS = 'alias:';

/** @returns the change that a request is for */
export const changeTo = (
  name: string,
  version: number,
  target: string,
): Exclude<Promotion, { kind: 'alias deletion' }> =>
  target.startsWith(ALIAS)
    ? { kind: 'alias', name, version, alias: target.slice(ALIAS.length) }
    : { kind: 'stage', name, version, to: target, archiveExisting: false };

/** @throws MlflowError 400 unless it is a stage or an alias */
export function targetOf(stage: string | undefined, alias: string | undefined): string {
  const [isStage, isAlias] = [
    stage !== undefined && stage !== '',
    alias !== undefined && alias !== '',
  ];
  if (isStage === isAlias) throw invalidParameter("Name a 'stage' or an 'alias', and not both.");
  return isStage ? String(stage) : `alias:${alias}`;
}
