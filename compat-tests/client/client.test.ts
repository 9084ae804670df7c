import { execFile } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readOperations } from '../contract.js';
import { coverageOf } from '../coverage.js';
import { startRecordingProxy } from '../proxy/recording-proxy.js';
import { type RunningServer, startRunledger } from '../servers.js';
import { settleUsedOperations, WRITE } from '../used-operations.js';
import { installPackage, run } from './installed-package.js';
import { startInstalled } from './installed-server.js';

const PROGRAM = join(dirname(fileURLToPath(import.meta.url)), 'consumer', 'journey.ts');

/** Stricter than most programs are, and without skipLibCheck: our own declarations must hold. */
const COMPILER_OPTIONS = {
  target: 'ES2022',
  lib: ['ES2023'],
  types: ['node'],
  module: 'NodeNext',
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  verbatimModuleSyntax: true,
};

describe('the installed package', () => {
  let folder: string;
  let server: RunningServer;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'compat-client-'));
    installPackage(folder);
    copyFileSync(PROGRAM, join(folder, 'journey.ts'));
    server = await startRunledger();
  });
  afterAll(async () => {
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const compile = (file: string, options: Record<string, unknown> = {}): string => {
    const config = { compilerOptions: { ...COMPILER_OPTIONS, ...options }, files: [file] };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    return run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', '.'], folder);
  };

  it('gives a program its types, and takes it from training to staging', async () => {
    compile('journey.ts', { skipLibCheck: true });
    const proxy = await startRecordingProxy(server.url);
    const program = ['journey.js', proxy.url];
    const { stdout } = await promisify(execFile)(process.execPath, program, { cwd: folder });
    await proxy.close();
    const traffic = { client: 'TypeScript', exchanges: proxy.exchanges };
    const coverage = coverageOf(await readOperations(), traffic);
    expect(await settleUsedOperations('client', coverage, WRITE)).toBe(true);
    expect(JSON.parse(stdout)).toEqual({
      repeated: true,
      found: 1,
      status: 'FINISHED',
      exactStep: true,
      bytes: [0, 1, 254, 255],
      stages: ['Staging'],
      refused: ['RESOURCE_DOES_NOT_EXIST', 404],
    });
  });

  it('has declarations that hold by themselves', () => {
    const file = 'types.ts';
    writeFileSync(join(folder, file), "export type { paths } from 'runledger/client';\n");
    expect(compile(file, { noEmit: true })).toBe('');
  });

  it('refuses a program that misuses the contract', () => {
    const file = 'wrong.ts';
    writeFileSync(
      join(folder, file),
      `import { createRunledgerClient } from 'runledger/client';
      const client = createRunledgerClient({ baseUrl: 'http://127.0.0.1:5000' });
      await client.POST('/api/2.0/mlflow/runs/set-tag', { body: { run_id: 'a' } });\n`,
    );
    expect(() => compile(file, { skipLibCheck: true, noEmit: true })).toThrow(/TS2322|TS2345/);
  });

  it('starts a server from the empty folder, and does the main job', async () => {
    const server = await startInstalled(folder);
    const call = async (path: string, message: object) => {
      const response = await fetch(`${server.url}/api/2.0/mlflow/${path}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(message),
      });
      expect([path, response.status]).toEqual([path, 200]);
      // biome-ignore lint/suspicious/noExplicitAny: an answer of the wire
      return (await response.json()) as any;
    };
    const { experiment_id } = await call('experiments/create', { name: 'installed' });
    const { run } = await call('runs/create', { experiment_id, start_time: 1 });
    const { run_id, artifact_uri } = run.info;
    const metrics = [{ key: 'loss', value: 0.5, timestamp: 1, step: 0 }];
    await call('runs/log-batch', { run_id, metrics, params: [{ key: 'rate', value: '0.1' }] });
    const file = `${artifact_uri.replace('mlflow-artifacts:/', '')}/model/MLmodel`;
    const upload = `${server.url}/api/2.0/mlflow-artifacts/artifacts/${file}`;
    expect((await fetch(upload, { method: 'PUT', body: 'flavors: {}\n' })).status).toBe(200);
    await call('registered-models/create', { name: 'installed' });
    const source = `${artifact_uri}/model`;
    const { model_version } = await call('model-versions/create', {
      ...{ name: 'installed', source, run_id },
    });
    expect(model_version).toMatchObject({ version: '1', status: 'READY' });
    // The scan threads and the web application are files of their own in the package.
    const found = await call('runs/search', {
      filter: "params.rate = '0.1' and metrics.loss < 1",
      experiment_ids: [experiment_id],
    });
    expect(found.runs).toHaveLength(1);
    expect(await (await fetch(`${server.url}/`)).text()).toContain('<html');
    expect(await server.stop()).toBe(0);
  });

  it('can be reached by no other name', () => {
    const script = "import('runledger/dist/src/client/index.js').catch((e) => console.log(e.code))";
    expect(run(process.execPath, ['-e', script], folder).trim()).toBe(
      'ERR_PACKAGE_PATH_NOT_EXPORTED',
    );
  });
});
