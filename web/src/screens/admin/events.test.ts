import { expect, it } from 'vitest';
import { EVENT_KINDS } from '../../../../src/governance/events/governance-events.js';
import { DATABRICKS_EVENTS } from '../../../../src/notifications/topics.js';
import { GOVERNANCE_EVENTS, REGISTRY_EVENTS } from './events.ts';

it('every event that the server tells can be chosen', () => {
  expect(GOVERNANCE_EVENTS).toEqual(EVENT_KINDS);
  expect(REGISTRY_EVENTS).toEqual(DATABRICKS_EVENTS);
});
