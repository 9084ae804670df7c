import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { expect, it } from 'vitest';
import { Admission } from './admission.js';

const response = (url = '/') =>
  Object.assign(new EventEmitter(), { req: { url } }) as unknown as ServerResponse;
const request = () => ({}) as IncomingMessage;
const MEGABYTE = 1024 * 1024;
const LIMITS = { requests: 2, requestsPerCaller: undefined, bodyMemory: 4 * MEGABYTE };

it('has so many places, and takes them back when an answer has left', () => {
  const admission = new Admission(LIMITS);
  const first = response();
  admission.enter('getRun', first);
  admission.enter('getRun', response());
  expect(() => admission.enter('getRun', response())).toThrow(
    expect.objectContaining({ status: 503, headers: { 'Retry-After': '1' } }),
  );
  first.emit('close');
  admission.enter('getRun', response());
  expect(() => admission.enter('getRun', response())).toThrow('as many requests');
});

it.each(['health', 'ready', 'getMetrics', 'watchModels'])('always lets %s in', (operation) => {
  const admission = new Admission({ ...LIMITS, requests: 1, requestsPerCaller: 1 });
  admission.enter('getRun', response());
  for (let count = 0; count < 3; count += 1) {
    admission.enter(operation, response());
    admission.enterOf(operation, 'ada', response());
  }
});

it('counts no one who waits for another version, but who asks which one it is', () => {
  const admission = new Admission({ ...LIMITS, requests: 1, requestsPerCaller: 1 });
  const uri = '/api/governance/v1/resolve?uri=models:/m/Production';
  for (let count = 0; count < 3; count += 1) {
    admission.enter('resolveModelUri', response(`${uri}&wait=30`));
    admission.enterOf('resolveModelUri', 'ada', response(`${uri}&wait=30`));
  }
  admission.enter('resolveModelUri', response(`${uri}&wait=0`));
  expect(() => admission.enter('resolveModelUri', response(uri))).toThrow('as many requests');
});

it('bounds each caller for itself', () => {
  const admission = new Admission({ ...LIMITS, requestsPerCaller: 1 });
  const first = response();
  admission.enterOf('getRun', 'ada', first);
  admission.enterOf('getRun', 'bob', response());
  expect(() => admission.enterOf('getRun', 'ada', response())).toThrow(
    expect.objectContaining({
      ...{ status: 429, code: 'REQUEST_LIMIT_EXCEEDED', headers: { 'Retry-After': '1' } },
    }),
  );
  first.emit('close');
  admission.enterOf('getRun', 'ada', response());
});

it('bounds all bodies together, and forgets those that are handled', () => {
  const admission = new Admission(LIMITS);
  const [one, other] = [request(), request()];
  admission.holdBody(one, MEGABYTE);
  admission.holdBody(one, 3 * MEGABYTE);
  admission.holdBody(other, MEGABYTE);
  expect(() => admission.holdBody(other, 2 * MEGABYTE)).toThrow(
    expect.objectContaining({ status: 503 }),
  );
  // Small ones are bounded by their number.
  admission.holdBody(request(), 1_000);
  admission.leaveBody(one);
  admission.holdBody(other, 4 * MEGABYTE);
});
