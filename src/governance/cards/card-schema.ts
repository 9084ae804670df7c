import type { JsonObject } from '../../platform/json-value.js';

/** The keys that each card has, whatever schema a profile puts on top. */
export const REQUIRED_CARD_KEYS = [
  'name',
  'version',
  'intended_use',
  'limitations',
  'training_dataset',
  'fairness_metrics',
  'owner',
] as const;

export const RISK_RATINGS = ['High', 'Medium', 'Low', 'Unknown'] as const;
export type RiskRating = (typeof RISK_RATINGS)[number];

const text = (maxLength = 20_000): JsonObject => ({ type: 'string', minLength: 1, maxLength });

const numbers: JsonObject = {
  type: 'object',
  minProperties: 1,
  maxProperties: 200,
  additionalProperties: { type: 'number' },
};

const SEVEN: JsonObject = {
  name: text(256),
  version: { type: ['string', 'integer'], maxLength: 256 },
  intended_use: text(),
  limitations: text(),
  training_dataset: text(2_000),
  fairness_metrics: numbers,
  owner: text(256),
};

/** What no profile can do without: the seven keys, each with a value of its type. */
export const MINIMUM_CARD_SCHEMA: JsonObject = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:runledger:card:minimum',
  type: 'object',
  required: REQUIRED_CARD_KEYS,
  properties: SEVEN,
};

/** The schema of cards where a profile brings none of its own. */
export const DEFAULT_CARD_SCHEMA: JsonObject = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:runledger:card:1',
  title: 'Model card',
  description: 'What a model is for, what it can not do, who answers for it, and how fair it is.',
  type: 'object',
  required: REQUIRED_CARD_KEYS,
  properties: {
    ...SEVEN,
    intended_use: { ...text(), minLength: 20 },
    limitations: { ...text(), minLength: 20 },
    risk_rating: { enum: RISK_RATINGS },
    review_by: { type: 'string', format: 'date' },
    validated_by: text(256),
    ethical_considerations: text(),
    description: text(),
    license: text(256),
    data_contract: {
      anyOf: [
        text(2_000),
        {
          type: 'object',
          properties: {
            uri: text(2_000),
            version: text(256),
            sha256: { type: 'string', pattern: '^[0-9a-fA-F]{64}$' },
          },
        },
      ],
    },
    regulatory: {
      type: 'object',
      properties: { eu_ai_act_class: text(256) },
    },
    evaluation: {
      type: 'array',
      maxItems: 100,
      items: {
        type: 'object',
        required: ['dataset', 'metrics'],
        properties: {
          dataset: text(2_000),
          task: text(256),
          split: text(256),
          metrics: numbers,
        },
      },
    },
  },
};
