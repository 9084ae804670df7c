import type { Reader } from '../../platform/db/database.js';
import { mergedParams } from '../gates/hyperparameters.js';
import type { RunInput } from '../gates/lineage.js';
import type { LoggedModelRow, OriginStore, RunRow, VersionRow } from './origins.store.js';

/** A version with all that it comes from. */
export interface Origin {
  readonly row: VersionRow;
  readonly run: RunRow | undefined;
  readonly loggedModel: LoggedModelRow | undefined;
  readonly inputs: readonly RunInput[];
  readonly params: Readonly<Record<string, string>>;
}

/** @returns what a version comes from whose row is known */
export async function originFrom(
  origins: OriginStore,
  reader: Reader,
  row: VersionRow,
): Promise<Origin> {
  const run = row.runId === '' ? undefined : await origins.run(reader, row.runId);
  const loggedModel = await origins.loggedModel(reader, row);
  const inputs = run === undefined ? [] : await origins.inputs(reader, run.id);
  const params = mergedParams(run?.params ?? {}, loggedModel?.params ?? {});
  return { row, run, loggedModel, inputs, params };
}
