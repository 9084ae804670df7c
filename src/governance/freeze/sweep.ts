import { MlflowError } from '../../errors.js';
import type { Database } from '../../platform/db/database.js';
import type { FreezeService, Verification } from './freeze.service.js';
import type { ClosedVersion, ManifestStore } from './manifests.store.js';

/** What came of looking at the files of a version. */
export interface SweptVersion extends ClosedVersion {
  readonly found:
    | Verification
    /** It is no folder that could be looked at any more. */
    | { readonly state: 'unreadable'; readonly problem: string };
}

const AT_ONCE = 100;

/**
 * Looks at the files of all versions that were ever closed, one after the other: what nobody
 * promotes would otherwise be looked at by nobody. It reads everything and takes its time; whoever
 * goes through it may stop wherever he likes, and begin again behind the last one.
 */
export async function* sweep(
  { database, manifests }: { readonly database: Database; readonly manifests: ManifestStore },
  service: Pick<FreezeService, 'verify'>,
  after: Pick<ClosedVersion, 'model' | 'version'> = { model: 0, version: 0 },
): AsyncGenerator<SweptVersion> {
  for (let last = after; ; ) {
    const versions = await manifests.closedAfter(database.read, last, AT_ONCE);
    for (const version of versions) {
      yield { ...version, found: await look(service, version) };
      last = version;
    }
    if (versions.length < AT_ONCE) return;
  }
}

async function look(
  service: Pick<FreezeService, 'verify'>,
  { name, version }: ClosedVersion,
): Promise<SweptVersion['found']> {
  try {
    return await service.verify(name, version);
  } catch (error) {
    // A fault of the server is not one of the model.
    if (!(error instanceof MlflowError) || error.status >= 500) throw error;
    return { state: 'unreadable', problem: error.message };
  }
}
