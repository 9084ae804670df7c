import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../platform/db/database.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import {
  COMMIT,
  type EvidenceServer,
  evidenceServer,
  MLMODEL,
} from '../testing/evidence-server.js';
import { compare, toCsv } from './comparison.js';

const CONTRACT = `apiVersion: v3.0.2
kind: DataContract
id: calls
schema:
  - name: calls
    properties:
      - { name: x, logicalType: string }
      - { name: y, logicalType: number }
`;

describe('a comparison', () => {
  const rules = {
    require_percentiles: [],
    gates: [{ metric: 'p95', max_regression_percent: 10, better: 'lower' as const }],
  };

  it('puts values on the same data beside each other, and says what a profile minds', () => {
    const champion = {
      version: 1,
      measured: [
        { name: 'p95', value: 10, datasetDigest: 'd' },
        { name: 'auc', value: 0 },
      ],
    };
    const compared = compare(
      champion,
      [
        { name: 'p95', value: 12, datasetDigest: 'd', derived: true },
        { name: 'p95', value: 1, datasetDigest: 'e' },
        { name: 'auc', value: 0.5 },
      ],
      rules,
    );
    expect(compared).toMatchObject([
      { metric: 'auc', champion: 0, candidate: 0.5, difference: 0.5, failures: [] },
      { metric: 'p95', datasetDigest: 'd', percent: 20, isDerived: true },
      { metric: 'p95', datasetDigest: 'e', candidate: 1 },
    ]);
    expect(compared[0]?.percent).toBeUndefined();
    expect(compared[1]?.failures[0]).toContain('worse by more than 10 %');
  });

  it('is no formula in a spreadsheet', () => {
    const csv = toCsv(compare(undefined, [{ name: '=A1,"x"', value: -1 }], rules));
    expect(csv.split('\r\n')[1]).toBe(`"'=A1,""x""",,,-1,,,false,`);
  });
});

forEachDatabase((open) => {
  let database: Database;
  let server: EvidenceServer;
  beforeAll(async () => {
    database = await open();
    server = await evidenceServer(database, 'observe');
  });

  it('is served as JSON and CSV, with percentiles of samples', async () => {
    const s = server;
    await s.post('registered-models/create', { name: 'compared' });
    const datasets = [{ name: 'calls', digest: 'd1' }];
    for (const worst of [1, 3]) {
      const run = await s.run({ datasets, metrics: { latency_p95: worst } });
      const metrics = Array.from({ length: 100 }, (_, step) => ({
        ...{ key: 'abs_error', value: worst * step, timestamp: step, step },
      }));
      await s.post('runs/update', { run_id: run.run_id, status: 'RUNNING' });
      await s.post('runs/log-batch', { run_id: run.run_id, metrics });
      await s.putFiles(run.artifact_uri, { 'model/MLmodel': MLMODEL });
      const source = `${run.artifact_uri}/model`;
      await s.version({ name: 'compared', source, run_id: run.run_id });
    }
    const none = await s.own('compared/compare?candidate=2');
    expect([none.status, none.body.error_code]).toEqual([404, 'RESOURCE_DOES_NOT_EXIST']);
    await s.post('model-versions/transition-stage', {
      ...{ name: 'compared', version: '1', stage: 'Production', archive_existing_versions: false },
    });
    const { body } = await s.own('compared/compare?candidate=2');
    expect(body).toMatchObject({ champion: 1, candidate: 2 });
    const row = (metric: string) =>
      body.metrics.find((one: { metric: string }) => one.metric === metric);
    expect(row('latency_p95')).toMatchObject({
      ...{ dataset_digest: 'd1', champion: 1, candidate: 3, difference: 2, percent: 200 },
    });
    expect(row('abs_error_p95').derived).toBe(true);
    expect(row('abs_error_p95').candidate).toBeCloseTo(3 * 94.05);
    const csv = await s.own('compared/compare?candidate=1&champion=2&format=csv');
    expect(csv.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(csv.text).toContain('\r\nlatency_p95,d1,3,1,-2,');
    for (const wrong of ['candidate=x', 'candidate=1&champion=2&format=xml']) {
      const answer = await s.own(`compared/compare?${wrong}`);
      expect([answer.status, answer.body.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
    }
  });

  it('of inputs and a data contract names each column that does not fit', async () => {
    const s = await evidenceServer(database, 'enforce');
    await s.post('registered-models/create', { name: 'contracted' });
    const columns = ['x', 'y', 'z'].map((name) => `{"type": "double", "name": "${name}"}`);
    const mlmodel = MLMODEL.replace('[{"type": "double", "name": "x"}]', `[${columns.join(', ')}]`);
    const run = await s.run({
      tags: { 'mlflow.source.git.commit': COMMIT, 'data_contract.uri': 'https://c.example/1' },
    });
    await s.putFiles(run.artifact_uri, { 'model/MLmodel': mlmodel });
    await s.putFiles(run.artifact_uri, { 'data_contract.yaml': CONTRACT });
    const source = `${run.artifact_uri}/model`;
    await s.version({ name: 'contracted', source, run_id: run.run_id });
    const { body } = await s.own('contracted/versions/1/lineage');
    expect(body.data_contract).toMatchObject({
      ...{ state: 'broken', uri: 'https://c.example/1' },
      digest: expect.stringMatching(/^[\da-f]{64}$/),
    });
    const verdict = await s.evaluate('contracted', 1, 'Production');
    const broken = verdict.violations.find(
      ({ reason }: { reason: string }) => reason === 'DATA_CONTRACT_VIOLATION',
    );
    expect(broken.metadata.columns).toBe('x,z');
    expect(broken.message).toContain("'x' is double, the contract says string");
    expect(broken.message).toContain("'z' is not in the contract");
  });
});
