import { expect, it } from 'vitest';
import { loadConfig, type RawLoad } from './load-config.js';

const BODY = 16 * 1024 * 1024;

it('bounds nobody apart where nobody signs in, and everybody else to half', () => {
  expect(loadConfig({}, false, BODY)).toEqual({
    ...{ requests: 1_000, requestsPerCaller: undefined, bodyMemory: 512 * 1024 * 1024 },
    ...{ connections: 8_192, waitingSearches: 500 },
  });
  expect(loadConfig({ maxRequests: '25' }, true, BODY).requestsPerCaller).toBe(13);
  expect(loadConfig({ maxRequestsPerCaller: '7' }, false, BODY).requestsPerCaller).toBe(7);
  expect(loadConfig({ maxRequestsPerCaller: '0' }, true, BODY).requestsPerCaller).toBeUndefined();
});

it('has room for a body of the largest size', () => {
  expect(loadConfig({}, false, 2 ** 31).bodyMemory).toBe(2 ** 31);
});

it.each<[RawLoad, string]>([
  [{ maxRequests: '0' }, '--max-requests must be'],
  [{ maxRequestsPerCaller: 'many' }, '--max-requests-per-caller must be'],
  [{ maxBodyMemory: '1024' }, '--max-body-memory must be'],
  [{ maxConnections: '-1' }, '--max-connections must be'],
  [{ maxWaitingSearches: 'x' }, '--max-waiting-searches must be'],
])('refuses %j', (raw, message) => {
  expect(() => loadConfig(raw, false, BODY)).toThrow(message);
});
