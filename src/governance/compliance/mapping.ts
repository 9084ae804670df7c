import { type ComplianceFacts, linkTo } from './compliance-facts.js';
import { type EvidenceName, MAPPINGS } from './mapping-data.js';
import { answersOf } from './questions.js';

/** What stands above every mapping. */
export const STATEMENT =
  'This pack is evidence for the points that it names. It is no statement that a model, a system or an organisation is in conformity with any of them.';

export interface MappedPoint {
  readonly framework: string;
  readonly reference: string;
  readonly topic: string;
  readonly evidence: readonly {
    readonly name: EvidenceName;
    readonly link: string;
    readonly isPresent: boolean;
  }[];
  readonly outside?: string | undefined;
}

/** @returns each point of the frameworks with the evidence that this version has for it */
export function mapEvidence(facts: ComplianceFacts): readonly MappedPoint[] {
  const answers = answersOf(facts);
  const passes = (id: string) => answers.some((one) => one.id === id && one.status === 'PASS');
  const { card, facts: version } = facts;
  const hasCard = card.resolved.kind === 'card';
  const model = `/api/governance/v1/models/${encodeURIComponent(facts.model)}`;
  const known: Readonly<Record<EvidenceName, readonly [boolean, string]>> = {
    model_card: [hasCard, linkTo(facts, 'card')],
    fairness: [passes('documented_biases'), linkTo(facts, 'card')],
    expiry: [card.state.expiry?.at !== undefined, linkTo(facts, 'card')],
    lineage: [version.lineage.hasRun, linkTo(facts, 'lineage')],
    data_contract: [
      version.contract.state === 'kept' || version.contract.state === 'named',
      linkTo(facts, 'lineage'),
    ],
    metrics: [version.metrics.measured.length > 0, `${model}/compare?candidate=${facts.version}`],
    hyperparameters: [Object.keys(version.params).length > 0, `${model}/hyperparameters`],
    manifest: [version.integrity.digest !== '', linkTo(facts, 'manifest')],
    signature: [facts.signature !== undefined, linkTo(facts, 'signature')],
    bom: [true, linkTo(facts, 'compliance?format=cyclonedx')],
    semver: [version.semver !== undefined, linkTo(facts, 'semver')],
    approvals: [facts.approvals.some((one) => !one.isDismissed), linkTo(facts, 'activities')],
    validation: [passes('independent_validation'), linkTo(facts, 'activities')],
    history: [facts.history.length > 0, `${model}/live`],
    audit: [
      facts.audit.length > 0,
      `/api/governance/v1/audit?object_kind=model_version&object_id=${encodeURIComponent(`${facts.model}/${facts.version}`)}`,
    ],
    policy: [facts.profile.mode !== 'compat', '/api/governance/v1/policy'],
  };
  return MAPPINGS.map(({ evidence, ...point }) => ({
    ...point,
    evidence: evidence.map((name) => {
      const [isPresent, link] = known[name];
      return { name, link, isPresent };
    }),
  }));
}
