import type { CardCandidate } from '../cards/resolve-card.js';
import type { FormatFacts, IntegrityFacts } from '../evaluate/facts.js';
import type { ContractFacts } from '../gates/contract.js';
import type { Measurement } from '../gates/metric-gates.js';
import type { BumpReason, VersionDescription } from '../semver/bump.js';
import type { MlmodelFacts } from '../semver/describe-mlmodel.js';

/** A card as a file held it, small enough to be kept. */
export type FoundCard = Pick<CardCandidate, 'place' | 'path'> & { readonly content: string };

/** What the files of a version and of its run say: what takes reading them. */
export interface Findings {
  readonly mlmodel?: MlmodelFacts | undefined;
  readonly cards: readonly FoundCard[];
  /** Beside the model's signature, without what tags say of it. */
  readonly contract?: ContractFacts | undefined;
  readonly format: FormatFacts;
  readonly opsSha256?: string | undefined;
  /** Percentiles of metrics that were logged for each sample. */
  readonly derived: readonly Measurement[];
  /** Why the files could not be looked at. */
  readonly problem?: string | undefined;
}

/** Why a version is numbered as it is. */
export interface Numbering {
  readonly base?: string | undefined;
  readonly duplicateOf?: number | undefined;
  readonly reasons: readonly BumpReason[];
  readonly note?: string | undefined;
}

/** How the files are beside the manifest; the manifest itself knows its digest. */
export type StoredIntegrity = Omit<IntegrityFacts, 'digest'>;

/** All that is kept of a version beside what the registry knows. */
export interface Evidence {
  readonly id: number;
  readonly model: number;
  readonly version: number;
  readonly registeredBy: string;
  readonly creationTimestamp: number;
  readonly found?: Findings | undefined;
  readonly integrity?: StoredIntegrity | undefined;
  readonly verifiedTime?: number | undefined;
  readonly semver?: string | undefined;
  readonly numbering?: Numbering | undefined;
  readonly description?: VersionDescription | undefined;
  readonly fingerprint?: string | undefined;
}

/** What is known of the files of a version that nobody has looked at yet. */
export const NOT_FOUND: Findings = {
  cards: [],
  format: { formats: [], unsafeFiles: [], onnx: { state: 'absent', problems: [] } },
  derived: [],
};
