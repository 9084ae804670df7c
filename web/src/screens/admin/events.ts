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

/** What subscriptions can be told of. */
export const GOVERNANCE_EVENTS: readonly string[] = [
  ...of('registered_model', 'created renamed deleted'),
  ...of('registered_model_tag', 'set deleted'),
  ...of('model_version', 'created deleted transitioned_stage rolled_back quarantined'),
  ...of('model_version_tag', 'set deleted'),
  ...of('model_alias', 'set deleted'),
  ...of('comment', 'created'),
  ...of('transition_request', 'created approved rejected cancelled expired dismissed'),
  ...of('promotion', 'denied'),
  ...of('break_glass', 'opened used reviewed unreviewed'),
  ...of('card', 'expiring expired'),
  ...of('artifacts', 'tampered'),
  ...of('audit', 'verification_failed'),
  ...of('drill', 'too_slow'),
];

/** What registry webhooks can be told of; the last one, where they are for all models. */
export const REGISTRY_EVENTS = [
  'MODEL_VERSION_CREATED',
  'MODEL_VERSION_TRANSITIONED_STAGE',
  'MODEL_VERSION_TRANSITIONED_TO_STAGING',
  'MODEL_VERSION_TRANSITIONED_TO_PRODUCTION',
  'MODEL_VERSION_TRANSITIONED_TO_ARCHIVED',
  'TRANSITION_REQUEST_CREATED',
  'TRANSITION_REQUEST_TO_STAGING_CREATED',
  'TRANSITION_REQUEST_TO_PRODUCTION_CREATED',
  'TRANSITION_REQUEST_TO_ARCHIVED_CREATED',
  'COMMENT_CREATED',
  'MODEL_VERSION_TAG_SET',
  'REGISTERED_MODEL_CREATED',
] as const;

function of(thing: string, actions: string): readonly string[] {
  return actions.split(' ').map((action) => `${thing}.${action}`);
}
