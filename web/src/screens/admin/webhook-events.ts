import type { Schema } from '../../shared/api.ts';

type Event = Required<Schema<'WebhookEvent'>>;

const on = (entity: Event['entity'], ...actions: readonly Event['action'][]): readonly Event[] =>
  actions.map((action) => ({ entity, action }));

/** What webhooks of MLflow can be told of. */
export const EVENTS: readonly Event[] = [
  ...on('REGISTERED_MODEL', 'CREATED'),
  ...on('MODEL_VERSION', 'CREATED'),
  ...on('MODEL_VERSION_TAG', 'SET', 'DELETED'),
  ...on('MODEL_VERSION_ALIAS', 'CREATED', 'DELETED'),
  ...on('PROMPT', 'CREATED'),
  ...on('PROMPT_VERSION', 'CREATED'),
  ...on('PROMPT_TAG', 'SET', 'DELETED'),
  ...on('PROMPT_VERSION_TAG', 'SET', 'DELETED'),
  ...on('PROMPT_ALIAS', 'CREATED', 'DELETED'),
  ...on('BUDGET_POLICY', 'EXCEEDED'),
];

/** As MLflow's client writes it, such as `model_version.created`. */
export const nameOf = ({ entity = 'ENTITY_UNSPECIFIED', action }: Schema<'WebhookEvent'>): string =>
  `${entity}.${action}`.toLowerCase();
