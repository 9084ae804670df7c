import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { places } from '../support/place.js';
import { expectRefused, startTarget, type Target } from './target.js';

const newPlace = places();
let target: Target;
let experiment: string;
let run: string;
/** Whatever connects here was made to by a caller. */
let bait: Server;
let contacts = 0;
let port = 0;

beforeAll(async () => {
  bait = createServer((socket) => {
    contacts += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => bait.listen(0, '127.0.0.1', resolve));
  port = (bait.address() as { port: number }).port;
  target = await startTarget(await newPlace());
  experiment = (await target.ok('experiments/create', { name: 'l' })).experiment_id as string;
  const created = await target.ok('runs/create', { experiment_id: experiment, start_time: 1 });
  run = (created as { run: { info: { run_id: string } } }).run.info.run_id;
  await target.ok('registered-models/create', { name: 'l' });
});
afterAll(() => new Promise((resolve) => bait.close(resolve)));

/** URIs that name a place of the server's own disk, or come to name one when read again. */
const LOCAL = (): string[] => {
  const inside = `mlflow-artifacts:/${experiment}/${run}/artifacts`;
  return [
    ...['/etc', '/', '//etc', 'etc', '../../etc', './x', '.', '~/x', '\\etc', 'C:\\Windows'],
    ...['file:///etc', 'file:/etc', 'file:etc', 'file://localhost/etc', 'FILE:///etc', 'fIlE:/etc'],
    ...['://etc', ':/etc', ' file:///etc', 'file:///etc ', '\tfile:///etc', 'local:/etc'],
    ...['file%3A///etc', 'file:///%65tc', 'file:////etc', 'file:///x/../../etc', 'dbfs:/../etc'],
    ...[`${inside}#/../../../../outside`, `${inside}/#/../../outside`, `${inside}?/../../outside`],
    ...[
      `${inside};/../../../../outside`,
      `${inside}/..;/..;/outside`,
      `${inside}/../../../outside`,
    ],
    ...[`${inside}/%2e%2e/%2e%2e/%2e%2e/outside`, `${inside}/%252e%252e/outside`],
    ...[`${inside}/..%2f..%2f..%2foutside`, `${inside}/..\\..\\outside`, `${inside}\0/x`],
    ...[
      'mlflow-artifacts:/../outside',
      'mlflow-artifacts:../outside',
      'mlflow-artifacts:/%2e%2e/x',
    ],
    ...[`runs:/${run}/../../outside`, `runs:/${run}/#/../x`, 'models:/l/../../etc', 'models:/../x'],
    `file://${target.place.folder}/outside`,
    `${target.place.folder}/outside`,
    `file://${target.place.artifacts}/../outside`,
    `file://${target.place.folder}/artifacts-evil`,
  ];
};

describe('class 3: a model version whose source is a folder of the server is not made (CVE-2023-1177, CVE-2023-2356, CVE-2024-1483, CVE-2024-1558, CVE-2024-1593, CVE-2024-1594, CVE-2024-2928, CVE-2024-3573, CVE-2024-8859, CVE-2025-11201, CVE-2026-2614)', () => {
  it.each([false, true])('with a run: %s', async (withRun) => {
    for (const source of LOCAL()) {
      for (const prefix of ['/api', '/ajax-api']) {
        const message = { name: 'l', source, ...(withRun ? { run_id: run } : {}) };
        const path = `${prefix}/2.0/mlflow/model-versions/create`;
        const reply = await target.json('POST', path, message);
        if (reply.status === 200) {
          // A scheme that this server opens nothing of may be kept as it is.
          const { version } = JSON.parse(reply.text).model_version;
          const file = `/model-versions/get-artifact?name=l&version=${version}&path=secret.txt`;
          expectRefused(await target.send('GET', file), source);
          // So may `..;`, which is a name like any other where nothing reads parameters.
          const kept = JSON.parse(reply.text).model_version.source;
          expect(kept, source).toMatch(/^(dbfs|local|models|runs):|^mlflow-artifacts:.*\/\.\.;\//);
        } else {
          expectRefused(reply, source);
        }
      }
    }
    target.expectUntouched();
  });
});

describe('class 4: artifact_location plays no tricks (CVE-2024-1483, CVE-2024-1594, CVE-2024-6838)', () => {
  const create = (name: string, artifact_location: string) =>
    target.json('POST', '/api/2.0/mlflow/experiments/create', { name, artifact_location });

  it.each([
    ['#', '#'],
    ['a fragment that climbs', 'mlflow-artifacts:/x#/../../outside'],
    ['; and a parameter', 'mlflow-artifacts:/x;/../../outside'],
    ['a query that climbs', 'mlflow-artifacts:/x?/../../outside'],
    ['a bucket with a query that climbs', 's3://bucket/x?/../../../etc'],
    ['a bucket with a fragment', 's3://bucket/x#/../../etc'],
    ['a plain climb', 'mlflow-artifacts:/../outside'],
    ['an encoded climb', 'mlflow-artifacts:/%2e%2e/outside'],
    ['a null byte', 'mlflow-artifacts:/x\0y'],
    ['100 kB', `s3://bucket/${'x'.repeat(100_000)}`],
    ['no more than one too many', `s3://bucket/${'x'.repeat(2_048)}`],
  ])('%s', async (name, location) => {
    expectRefused(await create(name, location), name);
    const get = `/api/2.0/mlflow/experiments/get-by-name?experiment_name=${encodeURIComponent(name)}`;
    expect((await target.send('GET', get)).status).toBe(404);
  });
});

describe('class 5: the server connects to no host that a caller names (GHSA-mr9f-g8qf-4w4j, CVE-2025-52967, GHSA-h7x2-h6g9-p789)', () => {
  const SCHEMES = ['ftp', 'sftp', 'http', 'https', 'hdfs', 'viewfs', 'mlflow-artifacts', 'wasbs'];

  it.each(SCHEMES)('%s', async (scheme) => {
    for (const host of [`127.0.0.1:${port}`, `user:pass@localhost:${port}`, `[::1]:${port}`]) {
      const location = `${scheme}://${host}/x`;
      const name = `${scheme} ${host}`;
      const made = await target.json('POST', '/api/2.0/mlflow/experiments/create', {
        ...{ name, artifact_location: location },
      });
      if (made.status === 200) {
        const { experiment_id } = JSON.parse(made.text);
        const created = await target.ok('runs/create', { experiment_id, start_time: 1 });
        const { run_id } = (created as { run: { info: { run_id: string } } }).run.info;
        const list = `/api/2.0/mlflow/artifacts/list?run_id=${run_id}`;
        expectRefused(await target.send('GET', list), location);
        const get = `/get-artifact?run_uuid=${run_id}&path=x`;
        expectRefused(await target.send('GET', get), location);
      } else {
        expectRefused(made, location);
      }
      const version = { name: 'l', source: location, run_id: run };
      const reply = await target.json('POST', '/api/2.0/mlflow/model-versions/create', version);
      if (reply.status !== 200) expectRefused(reply, location);
    }
    expect(contacts).toBe(0);
  });
});
