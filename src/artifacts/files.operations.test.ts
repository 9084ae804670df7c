import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Ask, serveArtifacts } from './testing/serve-artifacts.js';
import { temporaryFolder } from './testing/temporary-folder.js';

const LIST = '/api/2.0/mlflow/artifacts/list';
const UPLOAD = '/ajax-api/2.0/mlflow/upload-artifact';

interface World {
  readonly ask: Ask;
  readonly folder: string;
}

/** A run behind the proxy, one in a folder of the server, one in a client's, and others. */
async function world(): Promise<World> {
  const folder = await temporaryFolder();
  const settings = {
    defaultRoot: join(folder, 'own'),
    destination: join(folder, 'art'),
    serveArtifacts: true,
  };
  const known = {
    proxied: 'mlflow-artifacts:/1/proxied/artifacts',
    http: 'http://own/api/2.0/mlflow-artifacts/artifacts/1/proxied/artifacts',
    local: join(folder, 'own/1/local/artifacts'),
    file: `file://${join(folder, 'own/1/local/artifacts')}`,
    foreign: join(folder, 'foreign/1/artifacts'),
    climbing: 'mlflow-artifacts:/1/../../x',
    relative: 'mlruns/1/artifacts',
    s3: 's3://bucket/1/artifacts',
    strange: 'http://host/x',
    model: 'mlflow-artifacts:/1/models/model/artifacts',
    'm/1': 'runs:/local/d',
    'm/2': join(folder, 'own/1/local/artifacts/d'),
    'm/3': 'dummy-source',
    'm/4': 'models:/m-1',
  };
  const { ask } = await serveArtifacts(settings, known);
  for (const place of [
    'art/1/proxied/artifacts',
    'art/1/models/model/artifacts',
    'own/1/local/artifacts',
    'own/1/other/artifacts',
    'foreign/1/artifacts',
  ]) {
    await mkdir(join(folder, place, 'd'), { recursive: true });
    await writeFile(join(folder, place, 'a.txt'), place);
    await writeFile(join(folder, place, 'd/b.txt'), place);
  }
  return { ask, folder };
}

const FILES = (size: number) => [
  { path: 'a.txt', is_dir: false, file_size: size },
  { path: 'd', is_dir: true },
];

describe('the files of runs, models and versions', () => {
  it('are listed with paths from their root on', async () => {
    const { ask, folder } = await world();
    expect((await ask(`${LIST}?run_id=proxied`)).json).toEqual({
      root_uri: 'mlflow-artifacts:/1/proxied/artifacts',
      files: FILES(23),
    });
    expect((await ask(`${LIST}?run_uuid=local&path=`)).json).toEqual({
      root_uri: join(folder, 'own/1/local/artifacts'),
      files: FILES(21),
    });
    for (const run of ['http', 'file', 'foreign']) {
      expect((await ask(`${LIST}?run_id=${run}`)).json.files, run).toHaveLength(2);
    }
    expect((await ask(`${LIST}?run_id=local&path=d`)).json.files).toEqual([
      { path: 'd/b.txt', is_dir: false, file_size: 21 },
    ]);
    for (const path of ['none', 'a.txt', 'a.txt/x']) {
      expect((await ask(`${LIST}?run_id=local&path=${path}`)).json).toEqual({
        root_uri: join(folder, 'own/1/local/artifacts'),
      });
    }
    const model = '/api/2.0/mlflow/logged-models/model/artifacts/directories';
    expect((await ask(model)).json.files).toEqual(FILES(28));
    expect((await ask(`${model}?artifact_directory_path=d`)).json.files).toHaveLength(1);
  });

  it('are sent from wherever they lie', async () => {
    const { ask } = await world();
    for (const [path, place] of [
      ['/get-artifact?run_id=proxied&path=a.txt', 'art/1/proxied'],
      ['/get-artifact?run_uuid=local&path=d/b.txt', 'own/1/local'],
      ['/get-artifact?run_id=foreign&path=d/b.txt', 'foreign/1'],
      ['/model-versions/get-artifact?name=m&version=1&path=b.txt', 'own/1/local'],
      ['/model-versions/get-artifact?name=m&version=2&path=b.txt', 'own/1/local'],
      [
        '/ajax-api/2.0/mlflow/logged-models/model/artifacts/files?artifact_file_path=d/b.txt',
        'art/1/models/model',
      ],
    ] as const) {
      const answer = await ask(path);
      expect(answer.body, path).toBe(`${place}/artifacts`);
      expect(answer.headers['cache-control']).toBe('no-cache');
      expect(answer.headers['content-disposition']).toMatch(/^attachment; filename=/);
    }
  });

  it.each([
    ['/get-artifact?run_id=proxied&path=x', 404, "No such artifact: '1/proxied/artifacts/x'"],
    ['/get-artifact?run_id=local&path=x', 404, "No such artifact: 'x'"],
    [
      '/get-artifact?run_id=proxied&path=d',
      400,
      "Artifact path refers to a directory, not a file: '1/proxied/artifacts/d'",
    ],
    ['/get-artifact?run_id=x&path=y', 404, 'Run with id=x not found'],
    ['/get-artifact?path=y', 404, 'Run with id=None not found'],
    [
      '/get-artifact?run_id=local',
      400,
      "Missing value for required parameter 'path'. See the API docs for more information about request parameters.",
    ],
    ['/get-artifact?run_id=local&path=../../other/artifacts/a.txt', 400, 'Invalid path'],
    ['/get-artifact?run_id=local&path=%252e%252e%252fx', 400, 'Invalid path'],
    [`${LIST}?run_id=proxied&path=..`, 400, 'Invalid path'],
    [`${LIST}?run_id=climbing`, 400, 'Invalid path'],
    [
      '/api/2.0/mlflow/logged-models/model/artifacts/directories?artifact_directory_path=/',
      400,
      'Invalid path',
    ],
    [
      '/ajax-api/2.0/mlflow/logged-models/model/artifacts/files',
      400,
      'Request must include the "artifact_file_path" query parameter.',
    ],
    [
      '/ajax-api/2.0/mlflow/logged-models/model/artifacts/files?artifact_file_path=..%2fx',
      400,
      'Invalid path',
    ],
    ['/model-versions/get-artifact?name=m&version=9&path=x', 404, 'Model version m/9 not found'],
  ])('are refused: %s', async (path, status, message) => {
    const { ask } = await world();
    const answer = await ask(path);
    expect([answer.status, answer.json.message]).toEqual([status, message]);
  });

  it.each([
    ['s3', 501],
    ['strange', 501],
    ['relative', 400],
  ])('are not reached in the location of %s', async (run, status) => {
    const { ask } = await world();
    expect((await ask(`${LIST}?run_id=${run}`)).status).toBe(status);
    expect((await ask(`/get-artifact?run_id=${run}&path=x`)).status).toBe(status);
  });

  it('are not there for a version without files', async () => {
    const { ask } = await world();
    const get = (version: number) =>
      ask(`/model-versions/get-artifact?name=m&version=${version}&path=x`);
    expect((await get(3)).status).toBe(400);
    expect((await get(4)).status).toBe(501);
  });

  it('do not lead from one run to another by links', async () => {
    const { ask, folder } = await world();
    await symlink('../../other/artifacts/a.txt', join(folder, 'own/1/local/artifacts/link'));
    expect((await ask('/get-artifact?run_id=local&path=link')).status).toBe(400);
    expect((await ask(`${LIST}?run_id=local`)).json.files).toEqual(FILES(21));
  });
});

describe('the upload of a small file into a run', () => {
  const post = (ask: Ask, query: string, body: string | Buffer = 'hello') =>
    ask(`${UPLOAD}?${query}`, { method: 'POST', body });

  it.each(['proxied', 'local'])('stores it in %s', async (run) => {
    const { ask } = await world();
    const answer = await post(ask, `run_uuid=${run}&path=new/x.txt`);
    expect([answer.status, answer.body]).toEqual([200, '']);
    expect((await ask(`/get-artifact?run_id=${run}&path=new/x.txt`)).body).toBe('hello');
  });

  it('takes 10 MiB and not a byte more, declared or not', async () => {
    const { ask } = await world();
    const most = Buffer.alloc(10 * 1024 * 1024);
    expect((await post(ask, 'run_uuid=local&path=x', most)).status).toBe(200);
    const more = Buffer.alloc(most.length + 1);
    const chunked = { method: 'POST', body: more, headers: { 'transfer-encoding': 'chunked' } };
    for (const answer of [
      await post(ask, 'run_uuid=local&path=y', more),
      await ask(`${UPLOAD}?run_uuid=local&path=y`, chunked),
    ]) {
      expect(answer.status).toBe(400);
      expect(answer.json.message).toBe('Artifact size is too large. Max size is 10MB.');
    }
    expect((await ask('/get-artifact?run_id=local&path=y')).status).toBe(404);
  });

  it.each([
    ['path=x', 400, 'Request must specify run_uuid.'],
    ['run_uuid=local', 400, 'Request must specify path.'],
    ['run_uuid=local&path=../x', 400, 'Invalid path'],
    ['run_uuid=none&path=x', 404, 'Run with id=none not found'],
    ['run_uuid=local&path=d', 400, "Artifact path refers to a directory, not a file: 'd'"],
    ['run_uuid=local&path=d/', 400, "Artifact path must include a filename (cannot end with '/')."],
    [
      'run_uuid=foreign&path=x',
      403,
      'The server stores files in its configured artifact storage only',
    ],
  ])('is refused: %s', async (query, status, message) => {
    const { ask } = await world();
    const answer = await post(ask, query);
    expect([answer.status, answer.json.message]).toEqual([status, message]);
  });

  it('is refused without data, and leaves nothing', async () => {
    const { ask, folder } = await world();
    expect((await post(ask, 'run_uuid=local&path=x', '')).json.message).toBe(
      'Request must specify data.',
    );
    expect(await readdir(join(folder, 'own/1/local/artifacts'))).toEqual(['a.txt', 'd']);
  });
});

describe('URLs to the store of a run or model', () => {
  const PATH = '/api/2.0/mlflow/artifacts/presigned';
  it.each([
    ['upload', { path: 'x' }, 400, 'Exactly one of run_id and model_id must be provided.'],
    [
      'upload',
      { run_id: 'a', model_id: 'b', path: 'x' },
      400,
      'Exactly one of run_id and model_id must be provided.',
    ],
    ['upload', { run_id: 'local', path: '../x' }, 400, 'Invalid path'],
    ['upload', { run_id: 'none', path: 'x' }, 404, 'Run with id=none not found'],
    [
      'upload',
      { run_id: 'local', path: 'x' },
      501,
      'Presigned upload is not supported for the current artifact repository',
    ],
    [
      'upload',
      { model_id: 'model', path: 'x' },
      400,
      'Presigned upload is not supported for proxied artifact storage (artifact URI scheme: mlflow-artifacts). This endpoint requires a direct cloud storage artifact URI.',
    ],
    [
      'download',
      { run_id: 'local', path: 'x' },
      501,
      'Presigned download is not supported for the current artifact repository',
    ],
    [
      'download',
      { run_id: 'local', path: 'x', expiration: 0 },
      400,
      'expiration must be between 1 and 604800 seconds (got 0).',
    ],
    [
      'download',
      { run_id: 'local', path: 'x', expiration: 604_801 },
      400,
      'expiration must be between 1 and 604800 seconds (got 604801).',
    ],
    [
      'download',
      { run_id: 'proxied', path: 'x' },
      400,
      'Presigned download is not supported for runs with proxied artifact storage (artifact URI scheme: mlflow-artifacts). This endpoint requires a run with a direct cloud storage artifact URI.',
    ],
  ])('%s of %j: %i', async (direction, json, status, message) => {
    const { ask } = await world();
    const answer = await ask(`${PATH}-${direction}-url`, { method: 'POST', json });
    expect([answer.status, answer.json.message]).toEqual([status, message]);
  });
});
