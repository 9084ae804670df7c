import { describe, expect, it } from 'vitest';
import { refusal } from '../platform/filter/testing/refusal.js';
import { exampleOf, parseEvent, requireDistinct } from './events.js';

const INVALID = 'INVALID_PARAMETER_VALUE: ';

describe('an event', () => {
  it.each([
    ['REGISTERED_MODEL', 'CREATED'],
    ['MODEL_VERSION', 'CREATED'],
    ['MODEL_VERSION_TAG', 'SET'],
    ['MODEL_VERSION_TAG', 'DELETED'],
    ['MODEL_VERSION_ALIAS', 'CREATED'],
    ['MODEL_VERSION_ALIAS', 'DELETED'],
    ['PROMPT', 'CREATED'],
    ['PROMPT_VERSION', 'CREATED'],
    ['PROMPT_TAG', 'SET'],
    ['PROMPT_TAG', 'DELETED'],
    ['PROMPT_VERSION_TAG', 'SET'],
    ['PROMPT_VERSION_TAG', 'DELETED'],
    ['PROMPT_ALIAS', 'CREATED'],
    ['PROMPT_ALIAS', 'DELETED'],
    ['BUDGET_POLICY', 'EXCEEDED'],
  ])('%s %s can happen, and has an example', (entity, action) => {
    const event = parseEvent({ entity, action });
    expect(event).toEqual({ entity: entity.toLowerCase(), action: action.toLowerCase() });
    expect(Object.keys(exampleOf(event)).length).toBeGreaterThan(1);
  });

  it.each([
    [
      { entity: 'MODEL_VERSION', action: 'DELETED' },
      "Invalid action 'deleted' for entity 'model_version'. Valid actions are: ['created']",
    ],
    [
      { entity: 'PROMPT_TAG', action: 'CREATED' },
      "Invalid action 'created' for entity 'prompt_tag'. Valid actions are: ['deleted', 'set']",
    ],
    [
      { entity: 'REGISTERED_MODEL', action: 'UPDATED' },
      "Invalid action 'updated' for entity 'registered_model'. Valid actions are: ['created']",
    ],
    [{ entity: 'MODEL_VERSION_TAG' }, 'A webhook event needs a valid action, one of DELETED, SET.'],
    [
      { entity: 'PROMPT', action: 'ACTION_UNSPECIFIED' },
      'A webhook event needs a valid action, one of CREATED.',
    ],
  ])('%j is refused', (sent, message) => {
    expect(refusal(() => parseEvent(sent))).toBe(INVALID + message);
  });

  it.each([
    {},
    { action: 'CREATED' },
    { entity: 'ENTITY_UNSPECIFIED', action: 'CREATED' },
    { entity: 'toString', action: 'CREATED' },
  ])('%j names no entity', (sent) => {
    expect(refusal(() => parseEvent(sent))).toMatch(
      /^INVALID_PARAMETER_VALUE: A webhook event needs a valid entity, one of REGISTERED_MODEL, /,
    );
  });

  it('may stand in a list once', () => {
    const event = parseEvent({ entity: 'PROMPT', action: 'CREATED' });
    expect(refusal(() => requireDistinct([event]))).toBe('accepted');
    expect(refusal(() => requireDistinct([event, event]))).toContain('must not name the same');
  });
});
