import type { Transaction } from '../platform/db/database.js';
import type { RegistryEvents } from '../registry/registry-events.js';
import type { VersionStore } from '../registry/versions/versions.store.js';
import type { StageMirror } from './telling-gate.js';

/** Where the stage of a version is written down for those who know nothing but MLflow's events. */
const STAGE_TAG = 'gov.stage';

/** Sets the tag `gov.stage` with each change of stage, of which MLflow's webhooks are told. */
export const stageTag = (
  versions: Pick<VersionStore, 'setTags'>,
  events: RegistryEvents,
): StageMirror => ({
  entered: async (tx: Transaction, model, name, version, stage) => {
    const tag = { key: STAGE_TAG, value: stage };
    await versions.setTags(tx, model, version, [tag]);
    const isPrompt = async () => false;
    await events.emit(tx, { kind: 'version tag set', name, version, ...tag, isPrompt });
  },
});
