import type { Database, Transaction } from '../../platform/db/database.js';
import { together } from '../../platform/together.js';
import { checkModelName } from '../models/models.js';
import type { ModelStore } from '../models/models.store.js';
import type { Passage } from '../promotion-gate.js';
import { type ModelVersion, noVersion, parseVersion } from './versions.js';
import type { VersionStore } from './versions.store.js';

/** A version and the row of its model, which is locked. */
export interface HeldVersion {
  readonly model: number;
  readonly version: ModelVersion;
}

export interface HoldingParts {
  readonly database: Database;
  readonly models: Pick<ModelStore, 'lock'>;
  readonly versions: Pick<VersionStore, 'find'>;
}

/**
 * Does something to a version in one transaction, under the lock of its model's row.
 *
 * @throws MlflowError 404 when there is no such version
 */
export async function changeVersion<Result>(
  { database, models, versions }: HoldingParts,
  name: string,
  version: string,
  work: (tx: Transaction, held: HeldVersion) => Promise<Result>,
  passage?: Pick<Passage, 'begin'>,
): Promise<Result> {
  checkModelName(name);
  const number = parseVersion(name, version);
  return database.write(async (tx) => {
    // The others look when the first one holds the row: they are answered in their order.
    const [model, found] = await together(
      models.lock(tx, name),
      versions.find(tx, name, number),
      passage?.begin?.(tx) ?? Promise.resolve(),
    );
    if (model === undefined || found === undefined) throw noVersion(name, number);
    return work(tx, { model, version: found });
  });
}
