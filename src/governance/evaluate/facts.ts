import type { CardState } from '../cards/check-card.js';
import type { ContractFacts } from '../gates/contract.js';
import type { LineageFacts } from '../gates/lineage.js';
import type { MetricFacts } from '../gates/metric-gates.js';
import type { Profile } from '../policy/profile.js';
import type { NumberedVersion, SemverRefusal, Step } from '../semver/plan-semver.js';

/** Who asks, as the server knows it: never what a client says of itself. */
export interface CallerFacts {
  readonly name: string;
  /** `lead`, `validator`, `auditor`, `serving`, `oncall`, `breakglass` or roles of one's own. */
  readonly roles: readonly string[];
  /**
   * On the model: `READ`, `USE`, `EDIT`, `MANAGE`, `DENY`, `CAN_MANAGE_STAGING_VERSIONS`,
   * `CAN_MANAGE_PRODUCTION_VERSIONS`; and those of `transition`, `alias_set`, `alias_delete` and
   * `rollback` that roles give for this very deed. None of the latter makes anybody an approver.
   */
  readonly rights: readonly string[];
  readonly isAdmin: boolean;
  /** Groups of the caller: a validator who is in the owner's team is not independent. */
  readonly teams?: readonly string[];
}

/** What an approval was given for. If one of them is another now, the approval is stale. */
export interface Pins {
  readonly artifacts: string;
  readonly card: string;
  readonly profile: string;
}

export interface ApprovalFacts {
  readonly id: string;
  readonly approver: string;
  /** As they were when the approval was given. */
  readonly roles: readonly string[];
  readonly teams?: readonly string[];
  readonly at: number;
  readonly pins: Pins;
}

/** A request that is open, or was until it ran out. */
export interface RequestFacts {
  readonly id: string;
  /** A stage, or `alias:` and an alias. */
  readonly target: string;
  readonly creator: string;
  readonly createdAt: number;
  readonly approvals: readonly ApprovalFacts[];
}

export interface FormatFacts {
  /** In which formats the weights lie: `onnx`, `safetensors`, `pickle`, ... */
  readonly formats: readonly string[];
  /** Files that run code when they are loaded. */
  readonly unsafeFiles: readonly string[];
  readonly onnx: {
    readonly state: 'absent' | 'valid' | 'invalid' | 'pending';
    readonly problems: readonly string[];
    /** The version of ONNX's own operators, and where others come from; absent where not known. */
    readonly opset?: number | undefined;
    readonly domains?: readonly string[] | undefined;
  };
}

export interface IntegrityFacts {
  /** `unknown` where the version has no manifest, or its files can't be read by the server. */
  readonly artifacts: 'same' | 'changed' | 'unknown';
  readonly changedFiles: readonly string[];
  readonly signature: 'valid' | 'invalid' | 'absent';
  /** The root digest of the manifest; empty where there is none. */
  readonly digest: string;
}

/** A version with all its evidence. */
export interface VersionFacts {
  readonly model: string;
  readonly version: number;
  readonly stage: string;
  readonly semver?: string | undefined;
  /** Why it failed to register with the number that its client proposed. */
  readonly numberRefused?: SemverRefusal | undefined;
  readonly runId: string;
  readonly card: CardState;
  /** The one that it serves with, where another was attached since and nobody has approved that. */
  readonly servingCard?: CardState | undefined;
  readonly lineage: LineageFacts;
  readonly contract: ContractFacts;
  readonly metrics: MetricFacts;
  /** Params of the logged model and of its run. */
  readonly params: Readonly<Record<string, string>>;
  readonly format: FormatFacts;
  readonly integrity: IntegrityFacts;
  /** The principal that created the run. */
  readonly trainer?: string | undefined;
  /** The principal that registered the version. */
  readonly registeredBy?: string | undefined;
  /** When it was taken out by a rollback; approvals from before count no more. */
  readonly quarantinedAt?: number | undefined;
  /** Targets that it was approved for once: where a rollback may bring it back to. */
  readonly approvedFor?: readonly string[];
  /** Is another as soon as what the evidence was read from is. */
  readonly mark?: string | undefined;
}

/** A grant of break-glass that is in force. */
export interface BreakGlassFacts {
  readonly id: string;
  readonly principal: string;
  readonly model: string;
  readonly expiresAt: number;
}

/** Another version of the same model, and where it stands. */
export interface OtherVersion {
  readonly version: number;
  readonly stage: string;
}

/** A version that served before and can't serve again, and why. */
export interface PassedOver {
  readonly version: number;
  readonly because: string;
}

/** Which version would serve again if this one goes. */
export interface FallbackFacts {
  /** Undefined where none can. */
  readonly version?: number;
  /** Whether its files and its card were looked at, and are what they were then. */
  readonly isLookedAt: boolean;
  /** Those that have served since. */
  readonly passedOver: readonly PassedOver[];
}

/** All that decides over a change of who serves. */
export interface PromotionFacts {
  readonly now: number;
  readonly profile: Profile;
  readonly profileVersion: string;
  readonly caller: CallerFacts;
  readonly version: VersionFacts;
  readonly requests: readonly RequestFacts[];
  readonly breakGlass?: BreakGlassFacts | undefined;
  /** Versions that `archive_existing_versions` would take out. */
  readonly archives?: readonly OtherVersion[];
  /** Others that are in the same stage as this version. */
  readonly besides?: readonly OtherVersion[];
  readonly fallback?: FallbackFacts | undefined;
  /** Aliases of the model, with what they name: for profiles where aliases follow stages. */
  readonly aliases?: readonly { readonly alias: string; readonly version: number }[];
  /** Of the model's stages: as the evidence was gathered, and as it is under the lock. */
  readonly generation?: { readonly seen: number; readonly current: number };
  /** Of a rollback: what served as it was asked for, and all that serves there under the lock. */
  readonly serving?: { readonly seen: number | undefined; readonly current: readonly number[] };
  /** What was found out before the lock, and holds no more when it is decided. */
  readonly outdated?: {
    readonly profile: boolean;
    readonly stage: boolean;
    /** Of the caller. */
    readonly rights?: boolean;
  };
}

/** A version of a governed model that something else is about to be taken away from. */
export interface Reference {
  readonly model: string;
  readonly version: number;
  readonly stage: string;
  readonly aliases: readonly string[];
}

/** All that decides over changes that are no promotion. */
export interface ChangeFacts {
  readonly profile: Profile;
  readonly caller: CallerFacts;
  /** Versions that the change touches: of a model, a run, an experiment, a logged model. */
  readonly references?: readonly Reference[];
  /** Of files: the version whose manifest they belong to, once that is closed. */
  readonly frozen?: {
    readonly model: string;
    readonly version: number;
    /** Once it is approved, its card is frozen too. */
    readonly approved: boolean;
  };
}

export type PromotionAction =
  | { readonly kind: 'transition'; readonly to: string }
  | { readonly kind: 'set_alias'; readonly alias: string }
  | { readonly kind: 'delete_alias'; readonly alias: string }
  /** Of one of the requests that are among the facts. */
  | { readonly kind: 'approve'; readonly request: string }
  | { readonly kind: 'rollback'; readonly to: string; readonly alias?: string };

/** What a version may have been made of. */
type OriginKind = 'run' | 'experiment' | 'logged model';

export type ChangeAction =
  | {
      readonly kind: 'delete';
      readonly what: 'version' | 'model' | OriginKind | `tag of the ${OriginKind}`;
      readonly name: string;
    }
  | { readonly kind: 'rename_model'; readonly name: string; readonly to: string }
  | { readonly kind: 'write_artifact'; readonly path: string }
  | { readonly kind: 'set_tag' | 'delete_tag'; readonly key: string }
  | {
      readonly kind: 'log_params';
      readonly what: 'run' | 'logged model';
      readonly name: string;
      readonly keys: readonly string[];
    }
  | {
      readonly kind: 'number_version';
      readonly proposed: string | undefined;
      /** The tag `semver.base`. */
      readonly base: string | undefined;
      readonly existing: readonly NumberedVersion[];
      /** What its files say, where they were read. */
      readonly step?: Step | undefined;
    }
  | { readonly kind: 'resolve_latest'; readonly model: string };
