import type { Transaction } from '../platform/db/database.js';
import type { RegistryEvents } from '../registry/registry-events.js';
import type { VersionStore } from '../registry/versions/versions.store.js';

/** Where the stage of a version is written down for those who know nothing but MLflow's events. */
export const STAGE_TAG = 'gov.stage';

/** Hears of the stages that versions have entered. */
export interface StageMirror {
  entered(
    tx: Transaction,
    model: number,
    name: string,
    version: number,
    stage: string,
  ): Promise<void>;
  /** A new version is in no stage, whatever it has copied from another. */
  copied(tx: Transaction, model: number, version: number): Promise<void>;
}

/** Sets the tag `gov.stage` with each change of stage, of which MLflow's webhooks are told. */
export function stageTag(
  versions: Pick<VersionStore, 'setTags'>,
  events: RegistryEvents,
): StageMirror {
  return {
    entered: async (tx, model, name, version, stage) => {
      const tag = { key: STAGE_TAG, value: stage };
      await versions.setTags(tx, model, version, [tag]);
      const isPrompt = async () => false;
      await events.emit(tx, { kind: 'version tag set', name, version, ...tag, isPrompt });
    },
    copied: (tx, model, version) =>
      versions.setTags(tx, model, version, [{ key: STAGE_TAG, value: 'None' }]),
  };
}
