import type { Database, Transaction } from './db/database.js';
import type { By } from './http/operation.js';

/** Something that versions of registered models may have been made of. */
export interface Origin {
  readonly kind: 'run' | 'experiment' | 'logged model';
  readonly id: string;
}

/** @throws MlflowError where new params would change what versions in use say of themselves */
export type CheckNewParams = (
  tx: Transaction,
  of: Origin,
  keys: readonly string[],
) => Promise<void>;

/** Lets all params through, as MLflow does. */
export const unchecked: CheckNewParams = async () => undefined;

/**
 * A port of tracking: keeps what versions that are in use were made of. Whoever takes something
 * away from it is asked in the transaction that would.
 */
export interface Keeper {
  /**
   * Runs a deletion in one transaction, if nothing that is in use rests on what it takes away.
   *
   * @param tag the key of the tag that goes, where that is all
   * @throws MlflowError 403 where something does
   */
  deleting(
    what: Origin & { readonly tag?: string },
    by: By,
    work: (tx: Transaction) => Promise<void>,
  ): Promise<void>;
  /**
   * Runs a command that may store params, and hands it what to ask about those that are new.
   */
  logging(by: By, work: (check: CheckNewParams) => Promise<void>): Promise<void>;
}

/** Keeps nothing, as MLflow does. */
export const noKeeper = (database: Database): Keeper => ({
  deleting: (_what, _by, work) => database.write(work),
  logging: (_by, work) => work(unchecked),
});
