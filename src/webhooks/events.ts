import { invalidParameter } from '../errors.js';

/** What can happen to what, in lower case as it is sent. */
const ACTIONS = {
  registered_model: ['created'],
  model_version: ['created'],
  model_version_tag: ['deleted', 'set'],
  model_version_alias: ['created', 'deleted'],
  prompt: ['created'],
  prompt_version: ['created'],
  prompt_tag: ['deleted', 'set'],
  prompt_version_tag: ['deleted', 'set'],
  prompt_alias: ['created', 'deleted'],
  budget_policy: ['exceeded'],
} as const;

export type Entity = keyof typeof ACTIONS;
export type Action = (typeof ACTIONS)[Entity][number];

/** Something that a webhook can be told of. */
export interface WebhookEvent {
  readonly entity: Entity;
  readonly action: Action;
}

/** An event as a request spells it: in capitals, parts perhaps missing. */
export interface SentEvent {
  readonly entity?: string | undefined;
  readonly action?: string | undefined;
}

/**
 * Reads an event.
 *
 * @throws MlflowError 400 for one that is no whole, or can't happen
 */
export function parseEvent(sent: SentEvent): WebhookEvent {
  const [entity, action] = [sent.entity, sent.action].map((name) => name?.toLowerCase() ?? '');
  if (entity === undefined || !isEntity(entity)) throw incomplete('entity', Object.keys(ACTIONS));
  const valid: readonly string[] = ACTIONS[entity];
  if (action === undefined || ['', 'action_unspecified'].includes(action)) {
    throw incomplete('action', valid);
  }
  if (!valid.includes(action)) {
    const list = valid.map((known) => `'${known}'`).join(', ');
    throw invalidParameter(
      `Invalid action '${action}' for entity '${entity}'. Valid actions are: [${list}]`,
    );
  }
  return { entity, action: action as Action };
}

const isEntity = (name: string): name is Entity => Object.hasOwn(ACTIONS, name);

const incomplete = (part: string, valid: readonly string[]) =>
  invalidParameter(
    `A webhook event needs a valid ${part}, one of ${valid.map((name) => name.toUpperCase()).join(', ')}.`,
  );

/** @throws MlflowError 400 when one of the events stands there twice */
export function requireDistinct(events: readonly WebhookEvent[]): void {
  const distinct = new Set(events.map(({ entity, action }) => `${entity} ${action}`));
  if (distinct.size === events.length) return;
  throw invalidParameter('Webhook events must not name the same entity and action twice.');
}

const MODEL = { name: 'example_model' };
const PROMPT = { name: 'example_prompt' };
const TAGS = { tags: { example_key: 'example_value' } };
const VERSION = { version: '1' };
const KEY = { key: 'example_key' };
const VALUE = { ...KEY, value: 'example_value' };
const ALIAS = { alias: 'example_alias' };

/** What a test sends for an event, whatever the registry holds. */
export function exampleOf({ entity, action }: WebhookEvent): Readonly<Record<string, unknown>> {
  const isSet = action === 'set';
  const pointsAt = action === 'created' ? VERSION : {};
  switch (entity) {
    case 'registered_model':
      return { ...MODEL, ...TAGS, description: 'An example registered model' };
    case 'model_version':
      return {
        ...MODEL,
        ...VERSION,
        source: 'models:/123',
        run_id: 'abcd1234abcd5678',
        ...TAGS,
        description: 'An example model version',
      };
    case 'model_version_tag':
      return { ...MODEL, ...VERSION, ...(isSet ? VALUE : KEY) };
    case 'model_version_alias':
      return { ...MODEL, ...ALIAS, ...pointsAt };
    case 'prompt':
      return { ...PROMPT, ...TAGS, description: 'An example prompt' };
    case 'prompt_version':
      return {
        ...PROMPT,
        ...VERSION,
        template: 'Hello {{name}}!',
        ...TAGS,
        description: 'An example prompt version',
      };
    case 'prompt_tag':
      return { ...PROMPT, ...(isSet ? VALUE : KEY) };
    case 'prompt_version_tag':
      return { ...PROMPT, ...VERSION, ...(isSet ? VALUE : KEY) };
    case 'prompt_alias':
      return { ...PROMPT, ...ALIAS, ...pointsAt };
    case 'budget_policy':
      return EXAMPLE_BUDGET;
  }
}

const EXAMPLE_BUDGET = {
  budget_policy_id: 'bp-abc123',
  budget_unit: 'USD',
  budget_amount: 100,
  current_spend: 105.5,
  duration_unit: 'MONTHS',
  duration_value: 1,
  target_scope: 'ENDPOINT',
  workspace: 'default',
  target_value: 'ep-abc123',
  window_start: 1_704_067_200_000,
};
