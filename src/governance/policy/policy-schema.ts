import type { JsonObject } from '../../platform/json-value.js';
import { RISK_RATINGS } from '../cards/card-schema.js';
import { STAGES } from './profile.js';

const closed = (properties: JsonObject, required: readonly string[] = []): JsonObject => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});

const bool: JsonObject = { type: 'boolean' };
const number: JsonObject = { type: 'number' };
const name = (maxLength = 256): JsonObject => ({ type: 'string', minLength: 1, maxLength });
const names = (maxItems = 200): JsonObject => ({ type: 'array', maxItems, items: name() });
const days = (minimum: number): JsonObject => ({ type: 'integer', minimum, maximum: 36_500 });
const oneOf = (...values: readonly string[]): JsonObject => ({ enum: values });

const roles: JsonObject = {
  type: 'object',
  maxProperties: 20,
  propertyNames: { pattern: '^[a-z][a-z0-9_-]{0,63}$' },
  additionalProperties: { type: 'integer', minimum: 0, maximum: 20 },
};
const quorum: JsonObject = { type: 'integer', minimum: 1, maximum: 20 };
const rule = closed({ quorum, roles }, ['quorum']);

const gate: JsonObject = {
  ...closed(
    {
      metric: name(),
      max: number,
      min: number,
      max_regression: { type: 'number', minimum: 0 },
      max_regression_percent: { type: 'number', minimum: 0 },
      better: oneOf('lower', 'higher'),
    },
    ['metric'],
  ),
  minProperties: 2,
};

const profile = closed(
  {
    name: { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$' },
    models: { type: 'array', minItems: 1, maxItems: 200, items: name() },
    mode: oneOf('compat', 'observe', 'enforce'),
    stages: {
      type: 'array',
      maxItems: 20,
      items: closed(
        {
          name: { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9_ -]{0,48}[A-Za-z0-9_]$' },
          acts_as: { enum: STAGES },
        },
        ['name', 'acts_as'],
      ),
    },
    card: closed({
      required: bool,
      max_age_days: days(0),
      on_expiry: oneOf('flag', 'archive'),
      schema: { type: ['object', 'null'] },
      owner_must_exist: bool,
    }),
    lineage: closed({
      require_commit: bool,
      require_clean: bool,
      require_dataset: bool,
      require_contract: bool,
    }),
    hyperparameters: closed({ require_any: bool, require_params: names(), structural: names() }),
    metrics: closed({
      require_percentiles: { type: 'array', uniqueItems: true, items: oneOf('p95', 'p99') },
      gates: { type: 'array', maxItems: 100, items: gate },
    }),
    format: closed({
      require: oneOf('any', 'onnx', 'safetensors'),
      unsafe: oneOf('allow', 'warn', 'deny'),
    }),
    approvals: closed({
      quorum,
      roles,
      by_risk: closed(Object.fromEntries(RISK_RATINGS.map((rating) => [rating, rule]))),
      request_ttl_days: days(1),
      auto_request: bool,
    }),
    aliases: closed({
      protected: {
        type: 'array',
        maxItems: 50,
        items: closed(
          {
            pattern: { anyOf: [name(), { ...names(50), minItems: 1 }] },
            as_stage: name(50),
          },
          ['pattern', 'as_stage'],
        ),
      },
      alias_follows_stage: bool,
    }),
    serving: closed({
      deny_latest: bool,
      fallback_on_archive: oneOf('last_good', 'none'),
      range_candidates: oneOf('approved', 'any'),
    }),
    deletion: closed({ origins_of: oneOf('in_use', 'registered') }),
    semver: closed({ prerelease_until: oneOf('never', 'Staging', 'Production') }),
  },
  ['name', 'models', 'mode'],
);

/** JSON Schema 2020-12 of a policy as its author writes it: what is left out has a default. */
export const POLICY_SCHEMA: JsonObject = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:runledger:policy:1',
  title: 'Governance policy',
  ...closed({ profiles: { type: 'array', maxItems: 100, items: profile } }, ['profiles']),
};
