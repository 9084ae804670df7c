import type { Promotion } from '../gate/promotion-passage.js';

/** What stands before the name of an alias that a request is for. */
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
