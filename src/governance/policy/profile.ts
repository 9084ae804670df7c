import type { JsonObject } from '../../platform/json-value.js';
import type { RiskRating } from '../cards/card-schema.js';

/** `compat` is MLflow and nothing more, `observe` records what it would deny, `enforce` denies. */
export type Mode = 'compat' | 'observe' | 'enforce';

/** The four stages of MLflow, and what a stage of one's own counts as. */
export const STAGES = ['None', 'Staging', 'Production', 'Archived'] as const;
export type StageKind = (typeof STAGES)[number];

/** A stage beside the four, such as `Shadow` or `Canary`. */
export interface CustomStage {
  readonly name: string;
  /** Which of the four it is judged as. */
  readonly acts_as: StageKind;
}

/** How many people say yes, and in which roles. */
export interface ApprovalRule {
  readonly quorum: number;
  /** Role to the number of people who have it; each person fills one place. */
  readonly roles: Readonly<Record<string, number>>;
}

/** A bound for a metric, or for how far it may fall behind the version that serves now. */
export interface MetricGate {
  readonly metric: string;
  readonly max?: number;
  readonly min?: number;
  /** In the metric's own unit, on the same data set. */
  readonly max_regression?: number;
  /** In percent of the champion's value. */
  readonly max_regression_percent?: number;
  readonly better: 'lower' | 'higher';
}

/** What holds for the models that match one of its patterns; all defaults are filled in. */
export interface Profile {
  readonly name: string;
  /** Globs of model names, where `*` is any text and `?` any sign. */
  readonly models: readonly string[];
  readonly mode: Mode;
  readonly stages: readonly CustomStage[];
  readonly card: {
    readonly required: boolean;
    /** 0 for cards that don't age. */
    readonly max_age_days: number;
    /** What happens to a running version whose card ends: it is flagged, or archived as well. */
    readonly on_expiry: 'flag' | 'archive';
    readonly schema: JsonObject | null;
    readonly owner_must_exist: boolean;
  };
  readonly lineage: {
    readonly require_commit: boolean;
    readonly require_clean: boolean;
    readonly require_dataset: boolean;
    readonly require_contract: boolean;
  };
  readonly hyperparameters: {
    readonly require_any: boolean;
    readonly require_params: readonly string[];
    /** Params that make another architecture, and so a major version. */
    readonly structural: readonly string[];
  };
  readonly metrics: {
    readonly require_percentiles: readonly ('p95' | 'p99')[];
    readonly gates: readonly MetricGate[];
  };
  readonly format: {
    readonly require: 'any' | 'onnx' | 'safetensors';
    /** What is done about pickles. */
    readonly unsafe: 'allow' | 'warn' | 'deny';
  };
  readonly approvals: {
    readonly quorum: number;
    readonly roles: Readonly<Record<string, number>>;
    readonly by_risk: Readonly<Partial<Record<RiskRating, ApprovalRule>>>;
    readonly request_ttl_days: number;
    readonly auto_request: boolean;
  };
  readonly aliases: {
    readonly protected: readonly {
      readonly pattern: readonly string[];
      readonly as_stage: string;
    }[];
    readonly alias_follows_stage: boolean;
  };
  readonly serving: {
    readonly deny_latest: boolean;
    readonly fallback_on_archive: 'last_good' | 'none';
    /** Which versions a range of semantic versions may pick. */
    readonly range_candidates: 'approved' | 'any';
  };
  readonly deletion: {
    /** Whose runs, experiments and logged models stay: of versions in use, or of all there are. */
    readonly origins_of: 'in_use' | 'registered';
  };
  readonly semver: {
    /** Until it first reaches this stage, a version is numbered `-rc.N`. */
    readonly prerelease_until: 'never' | 'Staging' | 'Production';
  };
}

/** A list of profiles: for a model, the first that matches counts. */
export interface Policy {
  readonly profiles: readonly Profile[];
}

/** What stands in a profile that says nothing of it. */
export const PROFILE_DEFAULTS: Omit<Profile, 'name' | 'models' | 'mode'> = {
  stages: [],
  card: {
    required: true,
    max_age_days: 365,
    on_expiry: 'flag',
    schema: null,
    owner_must_exist: false,
  },
  lineage: {
    require_commit: true,
    require_clean: true,
    require_dataset: true,
    require_contract: true,
  },
  hyperparameters: { require_any: true, require_params: [], structural: [] },
  metrics: { require_percentiles: ['p95', 'p99'], gates: [] },
  format: { require: 'any', unsafe: 'warn' },
  approvals: {
    quorum: 1,
    roles: { lead: 1 },
    by_risk: { High: { quorum: 2, roles: { lead: 1, validator: 1 } } },
    request_ttl_days: 14,
    auto_request: true,
  },
  aliases: {
    protected: [
      { pattern: ['champion', 'production', 'prod', 'live'], as_stage: 'Production' },
      { pattern: ['challenger', 'candidate'], as_stage: 'Staging' },
    ],
    alias_follows_stage: false,
  },
  serving: { deny_latest: false, fallback_on_archive: 'last_good', range_candidates: 'approved' },
  deletion: { origins_of: 'in_use' },
  semver: { prerelease_until: 'never' },
};

/**
 * What holds for models that no profile names.
 *
 * @param authenticated whether the server knows its users: only then is anything denied
 */
export const defaultProfile = (authenticated: boolean): Profile =>
  authenticated ? ENFORCING : OBSERVING;

/** One object each, so that what is computed of a profile is kept with it. */
const standard = (mode: Mode): Profile => ({
  ...{ name: 'default', models: ['*'], mode },
  ...PROFILE_DEFAULTS,
});
const [ENFORCING, OBSERVING] = [standard('enforce'), standard('observe')];
