import { parseAge } from './age.js';

export interface RawRetention {
  readonly retentionDeleted?: string;
}

export interface RetentionConfig {
  /** Milliseconds after which what is deleted is deleted for good; undefined for never. */
  readonly deleted: number | undefined;
}

export const RETENTION_FLAGS = [
  {
    flags: '--retention-deleted <age>',
    env: 'RUNLEDGER_RETENTION_DELETED',
    description:
      'delete for good what has been in the deleted stage that long, such as 30d, with its artifacts (default: never)',
  },
] as const;

/** Shorter ones are a slip of the pen: nobody could restore what was deleted by mistake. */
const SHORTEST = 60_000;

/** @throws Error with one sentence for the user */
export function retentionConfig({ retentionDeleted }: RawRetention): RetentionConfig {
  if (retentionDeleted === undefined) return { deleted: undefined };
  const deleted = parseAge('--retention-deleted', retentionDeleted);
  if (deleted >= SHORTEST) return { deleted };
  throw new Error(`--retention-deleted must be 1m or more, not '${retentionDeleted}'`);
}
