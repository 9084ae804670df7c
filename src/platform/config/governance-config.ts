import type { RawSettings } from './raw-settings.js';
import { oneOf } from './values.js';

const MODES = ['compat', 'observe', 'enforce'] as const;

export interface GovernanceConfig {
  /**
   * What holds for models that no profile names: `observe` records what `enforce` denies. `compat`
   * switches governance off for all models, whatever the policy says.
   */
  readonly mode: (typeof MODES)[number];
  /** The text of `--governance-policy`; undefined for the built-in profile alone. */
  readonly policy: string | undefined;
}

/** Only where callers are known can anything be denied to one and not to another. */
export function governanceConfig(
  raw: RawSettings,
  hasSignIn: boolean,
  policy: string | undefined,
): GovernanceConfig {
  const fallback = hasSignIn ? 'enforce' : 'observe';
  return { mode: oneOf('--governance', raw.governance, MODES, fallback), policy };
}
