import type { GovernanceConfig } from './governance-config.js';
import type { RawSettings } from './raw-settings.js';
import { flag, integer } from './values.js';

export interface EvidenceConfig {
  /** As governance's. In `compat` nothing is kept of versions but what MLflow keeps. */
  readonly mode: GovernanceConfig['mode'];
  /** Whether changes of registered files are refused; undefined leaves it to the mode. */
  readonly freezeModels: boolean | undefined;
  /** Milliseconds between two looks at the files of a version. */
  readonly sweepEvery: number;
}

/** Seconds. */
const DAY = 86_400;

/** @throws Error with one sentence for the user */
export const evidenceConfig = (raw: RawSettings, { mode }: GovernanceConfig): EvidenceConfig => ({
  mode,
  freezeModels:
    raw.freezeModels === undefined ? undefined : flag('--freeze-models', raw.freezeModels, true),
  sweepEvery: integer('--sweep-seconds', raw.sweepSeconds, DAY, 1, 30 * DAY) * 1_000,
});
