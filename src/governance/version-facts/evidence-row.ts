import type { VersionDescription } from '../semver/bump.js';
import type { Evidence, Findings, Numbering, StoredIntegrity } from './evidence.js';

export interface EvidenceRow {
  readonly id: number;
  readonly model: number;
  readonly version: number;
  readonly registered_by: string;
  readonly creation_timestamp: number;
  readonly found: string | null;
  readonly integrity: string | null;
  readonly verified_time: number | null;
  readonly semver: string | null;
  readonly numbering: string | null;
  readonly description: string | null;
  readonly fingerprint: string | null;
}

/** @returns a column of JSON as it was stored */
export const parsed = <T>(text: string | null): T | undefined =>
  text === null ? undefined : (JSON.parse(text) as T);

/** @returns a row as it is read */
export const toEvidence = (row: EvidenceRow): Evidence => ({
  id: row.id,
  model: row.model,
  version: row.version,
  registeredBy: row.registered_by,
  creationTimestamp: row.creation_timestamp,
  found: parsed<Findings>(row.found),
  integrity: parsed<StoredIntegrity>(row.integrity),
  verifiedTime: row.verified_time ?? undefined,
  semver: row.semver ?? undefined,
  numbering: parsed<Numbering>(row.numbering),
  description: parsed<VersionDescription>(row.description),
  fingerprint: row.fingerprint ?? undefined,
});
