/** What a pack holds that a point of a framework may be supported by. */
export type EvidenceName =
  | 'model_card'
  | 'lineage'
  | 'data_contract'
  | 'metrics'
  | 'hyperparameters'
  | 'manifest'
  | 'signature'
  | 'bom'
  | 'semver'
  | 'approvals'
  | 'validation'
  | 'fairness'
  | 'history'
  | 'audit'
  | 'policy'
  | 'expiry';

/** One point of a framework, and which evidence speaks to it. */
export interface MappingEntry {
  readonly framework: string;
  readonly reference: string;
  /** What the point is about, in short. */
  readonly topic: string;
  readonly evidence: readonly EvidenceName[];
  /** What a registry can not show, and somebody has to add. */
  readonly outside?: string;
}

const AI_ACT = 'EU AI Act (Regulation (EU) 2024/1689)';
const ANNEX = 'Annex IV, point';
const ISO = 'ISO/IEC 42001:2023';
const NIST = 'NIST AI RMF 1.0';
const SR = 'SR 11-7';

/** Which evidence speaks to which point. It is evidence for these points, and no verdict on them. */
export const MAPPINGS: readonly MappingEntry[] = [
  {
    framework: AI_ACT,
    reference: `${ANNEX} 1`,
    topic: 'General description: intended purpose, versions, and how the system is supplied',
    evidence: ['model_card', 'semver', 'manifest', 'bom'],
    outside: 'hardware, user interface and instructions for use of the whole system',
  },
  {
    framework: AI_ACT,
    reference: `${ANNEX} 2`,
    topic: 'How it was developed: design, data, training, validation and testing',
    evidence: [
      ...(['lineage', 'data_contract', 'hyperparameters', 'metrics', 'validation'] as const),
      ...(['bom', 'signature'] as const),
    ],
    outside: 'design choices, labelling procedures and cyber-security measures of the whole system',
  },
  {
    framework: AI_ACT,
    reference: `${ANNEX} 3`,
    topic: 'Capabilities, limits, foreseeable effects, and how it is monitored and controlled',
    evidence: ['model_card', 'fairness', 'metrics', 'history'],
    outside: 'measures of human oversight where the system is used',
  },
  {
    framework: AI_ACT,
    reference: `${ANNEX} 4`,
    topic: 'Why the performance metrics fit the system',
    evidence: ['metrics', 'policy', 'model_card'],
  },
  {
    framework: AI_ACT,
    reference: `${ANNEX} 5`,
    topic: 'The risk management system of Article 9',
    evidence: ['policy', 'approvals', 'model_card'],
    outside: 'the risk management system itself',
  },
  {
    framework: AI_ACT,
    reference: `${ANNEX} 6`,
    topic: 'Changes over its life',
    evidence: ['semver', 'hyperparameters', 'history', 'audit'],
  },
  {
    framework: AI_ACT,
    reference: `${ANNEX} 7`,
    topic: 'Harmonised standards that were applied',
    evidence: [],
    outside: 'the list of standards; a registry does not know them',
  },
  {
    framework: AI_ACT,
    reference: `${ANNEX} 8`,
    topic: 'The EU declaration of conformity',
    evidence: [],
    outside: 'the declaration; a registry does not hold it',
  },
  {
    framework: AI_ACT,
    reference: `${ANNEX} 9`,
    topic: 'How performance is evaluated after it is on the market',
    evidence: ['history', 'expiry', 'audit'],
    outside: 'the plan for monitoring and what was measured in use',
  },
  {
    framework: AI_ACT,
    reference: 'Article 11',
    topic: 'Technical documentation that is kept up to date',
    evidence: ['model_card', 'lineage', 'bom', 'expiry'],
  },
  {
    framework: AI_ACT,
    reference: 'Article 12',
    topic: 'Records that are kept by themselves',
    evidence: ['audit', 'history'],
    outside: 'logs of single uses of the system',
  },
  {
    framework: AI_ACT,
    reference: 'Article 14',
    topic: 'Human oversight',
    evidence: ['approvals', 'validation', 'history'],
    outside: 'oversight of single decisions where the system is used',
  },
  {
    framework: AI_ACT,
    reference: 'Article 18',
    topic: 'Documentation that is kept for ten years',
    evidence: ['audit', 'manifest', 'signature'],
  },
  {
    framework: ISO,
    reference: '7.5',
    topic: 'Documented information',
    evidence: ['model_card', 'expiry', 'audit'],
  },
  {
    framework: ISO,
    reference: 'A.6.2.3',
    topic: 'Documentation of design and development',
    evidence: ['lineage', 'hyperparameters', 'semver'],
  },
  {
    framework: ISO,
    reference: 'A.6.2.7',
    topic: 'Technical documentation for those concerned',
    evidence: ['model_card', 'bom', 'metrics'],
  },
  {
    framework: ISO,
    reference: 'A.6.2.8',
    topic: 'Recording of event logs',
    evidence: ['audit', 'history'],
  },
  {
    framework: ISO,
    reference: 'A.7',
    topic: 'Data for AI systems: where it comes from and how good it is',
    evidence: ['lineage', 'data_contract'],
  },
  {
    framework: NIST,
    reference: 'GOVERN 1.4',
    topic: 'Risk management by clear policies and controls',
    evidence: ['policy', 'approvals', 'audit'],
  },
  {
    framework: NIST,
    reference: 'MAP 4.2',
    topic: 'Controls of components, those of third parties included',
    evidence: ['bom', 'signature', 'manifest'],
  },
  {
    framework: NIST,
    reference: 'MEASURE 2.1',
    topic: 'Test sets, metrics and tools are documented',
    evidence: ['metrics', 'lineage', 'fairness'],
  },
  {
    framework: SR,
    reference: 'Model inventory',
    topic: 'Each model with its purpose, owner, state and changes',
    evidence: ['model_card', 'semver', 'history'],
  },
  {
    framework: SR,
    reference: 'Independent validation',
    topic: 'Validation by people who have no part in development or use',
    evidence: ['validation', 'approvals', 'metrics'],
  },
];
