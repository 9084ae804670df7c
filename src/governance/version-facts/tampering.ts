import type { Transaction } from '../../platform/db/database.js';
import type { Alerts } from '../alerts/alerts.js';
import type { Mode } from '../policy/profile.js';
import type { StoredIntegrity } from './evidence.js';
import type { EvidenceStore } from './evidence.store.js';

/** Marks a version whose files are not what they were, where clients see it. */
const FLAG = 'gov.artifacts';

/** A version whose files were just looked at. */
export interface LookedAt {
  /** The key of the model's row. */
  readonly key: number;
  readonly model: string;
  readonly version: number;
  readonly tags: Readonly<Record<string, string>>;
  readonly mode: Mode;
  readonly integrity: StoredIntegrity;
}

/** Tells that files were changed: by an alert, and in `enforce` by a tag of the version. */
export async function tellOfTampering(
  { alerts, store }: { readonly alerts: Alerts; readonly store: Pick<EvidenceStore, 'setTag'> },
  tx: Transaction,
  { key, model, version, tags, mode, integrity }: LookedAt,
): Promise<void> {
  const { artifacts, changedFiles, signature } = integrity;
  const isTampered = artifacts === 'changed' || signature === 'invalid';
  const isFlagged = tags[FLAG] !== undefined;
  if (mode === 'enforce' && isTampered !== isFlagged && artifacts !== 'unknown') {
    await store.setTag(tx, key, version, FLAG, isTampered ? 'tampered' : undefined);
  }
  if (!isTampered) return;
  await alerts.raise(tx, {
    kind: 'artifacts.tampered',
    ...{ model, version },
    summary: `The files of '${model}' version ${version} are not what they were when it was registered.`,
    details: { changed_files: changedFiles.slice(0, 20), signature },
  });
}
