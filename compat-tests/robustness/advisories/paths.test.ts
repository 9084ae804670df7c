import { readdirSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { places } from '../support/place.js';
import { expectHarmless, expectRefused, startTarget, type Target } from './target.js';

const newPlace = places();
let target: Target;
let run: string;
let model: string;

const PROXY = '/api/2.0/mlflow-artifacts/artifacts';

beforeAll(async () => {
  target = await startTarget(await newPlace());
  const { experiment_id } = await target.ok('experiments/create', { name: 'paths' });
  const created = await target.ok('runs/create', { experiment_id, start_time: 1 });
  run = (created as { run: { info: { run_id: string } } }).run.info.run_id;
  const logged = await target.ok('logged-models', { experiment_id, name: 'm' });
  model = (logged as { model: { info: { model_id: string } } }).model.info.model_id;
  await target.ok('registered-models/create', { name: 'paths' });
  await target.ok('model-versions/create', {
    ...{
      name: 'paths',
      run_id: run,
      source: `mlflow-artifacts:/${experiment_id}/${run}/artifacts`,
    },
  });
  expect((await target.send('PUT', `${PROXY}/kept/file.txt`, 'kept')).status).toBe(200);
});

/** The climb in each spelling, as it is to be once a query or path has been decoded. */
const CLIMBS: readonly (readonly [string, string])[] = [
  ['plain', '../../outside/secret.txt'],
  ['to a folder whose name begins with that of the artifacts', '../artifacts-evil/secret.txt'],
  ['after a folder', 'kept/../../outside/secret.txt'],
  ['absolute', '/etc/passwd'],
  ['absolute, twice', '//etc/passwd'],
  ['backslash', String.raw`..\..\outside\secret.txt`],
  ['both slashes', String.raw`..\/..\/outside/secret.txt`],
  ['a drive of Windows', String.raw`C:\Windows\win.ini`],
  ['a share of Windows', String.raw`\\host\share\file`],
  ['file:', 'file:///etc/passwd'],
  ['FILE:', 'FILE:/etc/passwd'],
  ['null byte', '../../outside/secret.txt\0.png'],
  ['null byte at the end', 'kept/file.txt\0'],
  ['dots alone', '..'],
  ['# before the climb', '#/../../outside/secret.txt'],
  ['; before the climb', 'x;/../../outside/secret.txt'],
  ['? before the climb', 'x?/../../outside/secret.txt'],
  ['a line break', 'kept/\n../../outside/secret.txt'],
];

const once = (text: string): string =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
const again = (text: string, times: number): string =>
  times === 0 ? text : again(text.replaceAll('%', '%25'), times - 1);

/** Every route that reads a file or lists a folder that a caller names. */
const reads = (path: string): string[] => [
  `/get-artifact?run_uuid=${run}&path=${path}`,
  `/get-artifact?run_id=${run}&path=${path}`,
  `/model-versions/get-artifact?name=paths&version=1&path=${path}`,
  `/api/2.0/mlflow/artifacts/list?run_id=${run}&path=${path}`,
  `/ajax-api/2.0/mlflow/artifacts/list?run_id=${run}&path=${path}`,
  `/ajax-api/2.0/mlflow/logged-models/${model}/artifacts/files?artifact_file_path=${path}`,
  `/api/2.0/mlflow/logged-models/${model}/artifacts/directories?artifact_directory_path=${path}`,
  `${PROXY}?path=${path}`,
  `/ajax-api/2.0/mlflow-artifacts/artifacts?path=${path}`,
  `${PROXY}/${path}`,
  `/ajax-api/2.0/mlflow-artifacts/artifacts/${path}`,
  `/api/2.0/mlflow-artifacts/presigned/${path}`,
];

describe('class 1: a path that climbs out is not read (CVE-2023-1176, CVE-2023-2780, CVE-2023-3765, CVE-2023-6753, CVE-2023-6909, CVE-2023-6974, CVE-2023-6975, CVE-2023-6977, CVE-2023-30172, CVE-2024-3848)', () => {
  it.each(CLIMBS)('%s', async (_, climb) => {
    for (const path of reads(once(climb))) expectRefused(await target.send('GET', path), path);
  });

  it.each([1, 2, 5, 11])('percent-encoded %i times more', async (times) => {
    const climb = again(once('../../outside/secret.txt'), times);
    for (const path of reads(climb)) expectRefused(await target.send('GET', path), path);
  });

  it('written without any encoding', async () => {
    for (const path of reads('../../outside/secret.txt')) {
      expectRefused(await target.send('GET', path), path);
    }
    for (const path of reads('..%2f..%2foutside%2fsecret.txt')) {
      expectRefused(await target.send('GET', path), path);
    }
    // Bytes that are no UTF-8 are a strange name at most.
    for (const path of reads('%c0%ae%c0%ae%2foutside%2fsecret.txt')) {
      expectHarmless(await target.send('GET', path), path);
    }
  });
});

describe('class 2: a path that climbs out is not written or deleted (CVE-2023-6015, CVE-2023-6018, CVE-2023-6831, CVE-2023-6976, CVE-2024-1560, CVE-2026-2033)', () => {
  const writes = (path: string): (readonly [string, string, string | undefined])[] => [
    ['PUT', `${PROXY}/${path}`, 'evil'],
    ['PUT', `/ajax-api/2.0/mlflow-artifacts/artifacts/${path}`, 'evil'],
    ['DELETE', `${PROXY}/${path}`, undefined],
    ['POST', `/ajax-api/2.0/mlflow/upload-artifact?run_uuid=${run}&path=${path}`, 'evil'],
    ['POST', `/api/2.0/mlflow-artifacts/mpu/create/${path}`, '{"path":"x","num_parts":1}'],
    ['POST', `/api/2.0/mlflow-artifacts/mpu/complete/${path}`, '{"path":"x","upload_id":"1"}'],
    ['POST', `/api/2.0/mlflow-artifacts/mpu/abort/${path}`, '{"path":"x","upload_id":"1"}'],
  ];
  const JSON_TYPE = { 'Content-Type': 'application/json' };

  it.each(CLIMBS)('%s', async (_, climb) => {
    for (const [method, path, body] of writes(once(climb))) {
      expectRefused(await target.send(method, path, body, JSON_TYPE), `${method} ${path}`);
    }
    target.expectUntouched();
  });

  it('percent-encoded again: a strange name within the artifacts at most', async () => {
    for (const times of [1, 2, 9]) {
      const climb = again(once('../../outside/evil.txt'), times);
      const put = await target.send('PUT', `${PROXY}/${climb}`, 'evil');
      expect(put.status, put.text).toBeLessThan(500);
      expect((await target.send('DELETE', `${PROXY}/${climb}`)).status).toBeLessThan(500);
    }
    target.expectUntouched();
  });

  it.each(['', '.', '%2e', './', '%2f', '%2e%2e', 'kept/..', 'kept/%2e%2e/'])(
    'the folder of all artifacts is never deleted: %j',
    async (path) => {
      const reply = await target.send('DELETE', `${PROXY}/${path}`);
      expectRefused(reply, path);
      expect(readdirSync(target.place.artifacts)).toContain('kept');
    },
  );
});
