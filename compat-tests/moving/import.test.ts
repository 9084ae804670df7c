import { execFile, spawnSync } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { environmentProgram } from '../../scripts/python-envs.mjs';
import { startPostgres } from '../../src/testing/postgres-setup.js';
import { type RunningServer, STOCK_VERSION, startRunledger, startStockServer } from '../servers.js';

const run = promisify(execFile);
const PYTHON = environmentProgram(STOCK_VERSION, 'python');
const PROGRAM = join(import.meta.dirname, '../../dist/src/main.js');

let folder: string;
let stock: RunningServer;
let told: unknown;

const story = (script: string, ...args: readonly string[]) =>
  run(PYTHON, ['-W', 'ignore', join(import.meta.dirname, script), ...args], {
    // Lists that were sets have the same order in each process then.
    env: { ...process.env, GIT_PYTHON_REFRESH: 'quiet', PYTHONHASHSEED: '0' },
  });

/** What a client is told by the server. */
async function asked(url: string, name: string): Promise<unknown> {
  const file = join(folder, `${name}.json`);
  await story('ask.py', url, file);
  return JSON.parse(await readFile(file, 'utf8'));
}

const source = () => `sqlite:///${join(folder, 'mlflow.db')}`;

function importTo(to: string, artifacts: string) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      ...[PROGRAM, 'import', '--from', source(), '--to', to],
      ...['--artifacts', 'copy', '--artifacts-from', join(folder, 'old')],
      ...['--artifacts-destination', artifacts],
    ],
    { encoding: 'utf8', cwd: folder },
  );
  return { status, stdout, stderr };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'runledger-moving-'));
  stock = await startStockServer({
    backendStoreUri: source(),
    extraArguments: ['--artifacts-destination', join(folder, 'old')],
  });
  await story('fill.py', stock.url);
  told = await asked(stock.url, 'stock');
});

afterAll(async () => {
  await stock?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('what was moved in', () => {
  it.each(['SQLite', 'PostgreSQL'])('answers as it did before, on %s', async (kind) => {
    const to = await target(kind);
    const artifacts = join(folder, `new-${kind}`);
    const first = importTo(to, artifacts);
    expect(first.stderr).not.toContain('runledger:');
    expect(first.stdout).toContain('All is the same on both sides.');
    expect(first.status).toBe(0);

    const again = importTo(to, artifacts);
    expect(again.stdout).toContain('nothing was written');
    expect(again.stdout).toContain('Artifacts: 0 files copied');
    expect(again.status).toBe(0);

    const server = await startRunledger({
      backendStoreUri: to,
      extraArguments: ['--artifacts-destination', artifacts],
    });
    onTestFinished(() => server.stop());
    expect(await asked(server.url, kind)).toEqual(told);
  });
});

/** @returns the URI of an empty database */
async function target(kind: string): Promise<string> {
  if (kind === 'SQLite') return `sqlite:///${join(folder, 'new.db')}`;
  const place = await mkdtemp(join(tmpdir(), 'runledger-postgres-'));
  await chmod(place, 0o755);
  const { uri, stop } = await startPostgres(place);
  onTestFinished(async () => {
    await stop();
    await rm(place, { recursive: true, force: true });
  });
  return uri;
}
