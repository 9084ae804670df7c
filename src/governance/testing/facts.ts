import { checkCard } from '../cards/check-card.js';
import type {
  ApprovalFacts,
  CallerFacts,
  PromotionFacts,
  VersionFacts,
} from '../evaluate/facts.js';
import { lineageOf } from '../gates/lineage.js';
import { defaultProfile, type Profile } from '../policy/profile.js';
import { profileVersion } from '../policy/read-policy.js';
import { FACE_CARD, FACE_CONTEXT, NOW } from './cards.js';

/** The profile of a server that knows its users. */
export const ENFORCE = defaultProfile(true);

export const caller = (name: string, ...roles: string[]): CallerFacts => ({
  name,
  roles,
  rights: ['EDIT'],
  isAdmin: false,
});

export const DS = caller('ds');
export const LEAD = caller('lea', 'lead');
export const OTHER_LEAD = caller('leo', 'lead');
export const VALIDATOR = caller('val', 'validator');

/** A version with all the evidence that the default profile asks for, trained by `ds`. */
export const GOOD_VERSION: VersionFacts = {
  model: 'FaceSentimentAnalyzer',
  version: 7,
  stage: 'None',
  semver: '2.4.0',
  runId: 'run-1',
  card: checkCard(FACE_CARD, FACE_CONTEXT),
  lineage: lineageOf({ 'mlflow.source.git.commit': 'a'.repeat(40) }, [
    {
      name: 'calls',
      digest: 'd1',
      source: 's3://calls',
      tags: { 'mlflow.data.context': 'training' },
    },
  ]),
  contract: { state: 'kept', problems: [], digest: 'c1' },
  metrics: {
    measured: [
      { name: 'latency_p95', value: 0.2, datasetDigest: 'd1' },
      { name: 'latency_p99', value: 0.4, datasetDigest: 'd1' },
    ],
  },
  params: { lr: '0.1' },
  format: { formats: ['pickle'], unsafeFiles: [], onnx: { state: 'absent', problems: [] } },
  integrity: { artifacts: 'same', changedFiles: [], signature: 'valid', digest: 'root-1' },
  trainer: 'ds',
  registeredBy: 'ds',
};

/** A version for which everything is missing. */
export const BARE_VERSION: VersionFacts = {
  ...GOOD_VERSION,
  card: {
    problems: [{ reason: 'MODEL_CARD_REQUIRED', field: '', message: 'None.' }],
    risk: 'Unknown',
  },
  lineage: lineageOf({ 'mlflow.source.git.dirty': 'true' }, []),
  contract: { state: 'absent', problems: [] },
  metrics: { measured: [] },
  params: {},
};

/** The facts of a call, with the pieces that a test is about. */
export function promotion(
  who: CallerFacts,
  change: Partial<VersionFacts> = {},
  more: Partial<PromotionFacts> = {},
  profile: Profile = ENFORCE,
): PromotionFacts {
  return {
    now: NOW,
    profile,
    profileVersion: profileVersion(profile),
    caller: who,
    version: { ...GOOD_VERSION, ...change },
    requests: [],
    ...more,
  };
}

/** An approval of {@link GOOD_VERSION} as it is, by somebody. */
export function approval(
  by: CallerFacts,
  change: Partial<ApprovalFacts> = {},
  profile: Profile = ENFORCE,
): ApprovalFacts {
  return {
    id: `approval-${by.name}`,
    approver: by.name,
    roles: by.roles,
    at: NOW - 1_000,
    pins: {
      artifacts: GOOD_VERSION.integrity.digest,
      card: GOOD_VERSION.card.digest ?? '',
      profile: profileVersion(profile),
    },
    ...change,
  };
}

export const request = (
  creator: string,
  approvals: readonly ApprovalFacts[] = [],
  target = 'Production',
  createdAt = NOW - 10_000,
) => ({ id: `request-${creator}`, target, creator, createdAt, approvals });
