import type { VersionFacts } from '../evaluate/facts.js';
import type { Surroundings } from '../lineage/lineage-graph.js';
import type { Profile } from '../policy/profile.js';
import type { VersionCard } from '../version-facts/version-facts.js';
import type {
  ApprovalRecord,
  AuditRecord,
  EmergencyRecord,
  LiveRecord,
} from './compliance.store.js';
import type { Dependency } from './dependencies.js';

/** All that a pack is made of, read at one time. */
export interface ComplianceFacts {
  readonly model: string;
  readonly version: number;
  readonly now: number;
  readonly profile: Profile;
  readonly facts: VersionFacts;
  readonly card: VersionCard;
  readonly around: Surroundings;
  readonly approvals: readonly ApprovalRecord[];
  readonly history: readonly LiveRecord[];
  readonly audit: readonly AuditRecord[];
  readonly emergencies: readonly EmergencyRecord[];
  readonly files: readonly {
    readonly path: string;
    readonly size: number;
    readonly sha256: string;
  }[];
  readonly weightsDigest: string | undefined;
  readonly signature: string | undefined;
  /** The public key that it is verified with, in PEM. */
  readonly signatureKey: string | null | undefined;
  /** `signature` of the MLmodel. */
  readonly interface: { readonly inputs: readonly string[]; readonly outputs: readonly string[] };
  readonly flavors: readonly string[];
  readonly dependencies: readonly Dependency[];
}

/** @returns where the evidence of a version is served */
export const linkTo = (
  { model, version }: Pick<ComplianceFacts, 'model' | 'version'>,
  part: string,
): string => `/api/governance/v1/models/${encodeURIComponent(model)}/versions/${version}/${part}`;
