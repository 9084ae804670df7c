/**
 * The TypeScript client of Runledger, typed by the contract of its REST API.
 *
 * @example
 * ```ts
 * const client = createRunledgerClient({ baseUrl: 'http://127.0.0.1:5000' });
 * const { data } = await client.POST('/api/2.0/mlflow/experiments/create', {
 *   body: { name: 'churn' },
 * });
 * console.log(data.experiment_id);
 * ```
 * @packageDocumentation
 */
// biome-ignore-all lint/performance/noBarrelFile: this is what `runledger/client` offers.
export type { components, operations, paths } from '../generated/client-api.js';
export { createRunledgerClient, type RunledgerClientOptions } from './client.js';
export type { Credentials } from './credentials.js';
export { RunledgerError } from './error.js';
export { idempotencyKey } from './idempotency-key.js';
export type { Retrying } from './retry.js';
export type { Answer, BytesBody, RunledgerClient } from './types.js';
