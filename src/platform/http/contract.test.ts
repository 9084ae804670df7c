import { describe, expect, it } from 'vitest';
import { loadContract } from './contract.js';

const contract = loadContract();
const find = (method: string, path: string) =>
  contract.routes.find((one) => one.method === method && one.path === path);

describe('the contract as routes', () => {
  it('leads two routes of one operation to the same name', () => {
    const path = '/api/2.0/mlflow/experiments/search';
    expect(find('POST', path)?.operation).toBe('searchExperiments');
    expect(find('GET', path)?.operation).toBe('searchExperiments');
  });

  it('makes one message of query parameters, and knows which are required', () => {
    const { query, body } = find('GET', '/api/2.0/mlflow/metrics/get-history') ?? {};
    expect(body).toBeUndefined();
    expect(Object.keys(query?.properties ?? {})).toEqual([
      'run_id',
      'metric_key',
      'page_token',
      'run_uuid',
      'max_results',
    ]);
    expect(query?.required).toEqual(['run_id', 'metric_key']);
  });

  it('streams files, and takes the rest of their path', () => {
    const upload = find('PUT', '/api/2.0/mlflow-artifacts/artifacts/{artifact_path}');
    expect([upload?.streams, upload?.wildcard, upload?.body]).toEqual([true, true, undefined]);
    const batch = find('POST', '/api/2.0/mlflow/runs/log-batch');
    expect([batch?.streams, batch?.wildcard]).toEqual([false, false]);
  });
});

describe('resolving a schema', () => {
  it('follows references and merges what stands side by side', () => {
    const batch = contract.resolve(find('POST', '/api/2.0/mlflow/runs/log-batch')?.body ?? {});
    const metric = contract.resolve(batch.properties?.metrics?.items ?? {});
    expect(metric.required).toEqual(['key', 'value', 'timestamp']);
    expect(metric.properties?.step).toEqual({ type: 'integer', format: 'int64', default: 0 });
    const own = { allOf: [{ required: ['a'] }, { required: ['b'], properties: { b: {} } }] };
    expect(contract.resolve(own)).toEqual({ required: ['a', 'b'], properties: { b: {} } });
  });

  it('refuses a reference to nothing', () => {
    expect(() => contract.resolve({ $ref: '#/components/schemas/Nothing' })).toThrow(
      'The contract has no schema Nothing',
    );
  });
});
