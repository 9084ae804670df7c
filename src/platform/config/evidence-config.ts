import type { RawSettings } from './raw-settings.js';
import { flag, oneOf } from './values.js';

export interface EvidenceConfig {
  /** `compat`: nothing is kept of versions but what MLflow keeps. */
  readonly mode: 'compat' | 'observe' | 'enforce';
  /** Whether changes of registered files are refused; undefined leaves it to the mode. */
  readonly freezeModels: boolean | undefined;
}

/** @throws Error with one sentence for the user */
export const evidenceConfig = (raw: RawSettings, authenticated: boolean): EvidenceConfig => ({
  mode: oneOf(
    '--version-evidence',
    raw.versionEvidence,
    ['compat', 'observe', 'enforce'],
    authenticated ? 'enforce' : 'observe',
  ),
  freezeModels:
    raw.freezeModels === undefined ? undefined : flag('--freeze-models', raw.freezeModels, true),
});
