import type { RawSettings } from './raw-settings.js';
import { explained } from './values.js';

export interface AuditConfig {
  /** A PEM with the Ed25519 key that checkpoints are signed with; undefined for one of its own. */
  readonly keyFile: string | undefined;
  /** A file outside of the database that checkpoints are appended to. */
  readonly checkpointFile: string | undefined;
  /** Where checkpoints are sent. */
  readonly pushUrl: URL | undefined;
}

/** @throws Error with one sentence for the user */
export const auditConfig = (raw: RawSettings): AuditConfig => ({
  keyFile: raw.auditKey,
  checkpointFile: raw.auditCheckpoints,
  pushUrl: raw.auditPushUrl === undefined ? undefined : pushUrl(raw.auditPushUrl),
});

function pushUrl(text: string): URL {
  return explained('--audit-push-url', () => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url !== undefined && /^https?:$/.test(url.protocol)) return url;
    throw new Error('it must be an http or https URL');
  });
}
