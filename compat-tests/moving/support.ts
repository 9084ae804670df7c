import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import { environmentProgram } from '../../scripts/python-envs.mjs';
import { startPostgres } from '../../src/testing/postgres-setup.js';
import { STOCK_VERSION } from '../servers.js';

const run = promisify(execFile);
const PYTHON = environmentProgram(STOCK_VERSION, 'python');
/** The built program. */
export const PROGRAM = join(import.meta.dirname, '../../dist/src/main.js');

/** Runs a script of this folder in the environment of the stock server's client. */
export const story = (script: string, ...args: readonly string[]) => storyIn({}, script, ...args);

/** As {@link story}, with more in its environment. */
export const storyIn = (
  environment: NodeJS.ProcessEnv,
  script: string,
  ...args: readonly string[]
) =>
  run(PYTHON, ['-W', 'ignore', join(import.meta.dirname, script), ...args], {
    // Lists that were sets have the same order in each process then.
    env: { ...process.env, GIT_PYTHON_REFRESH: 'quiet', PYTHONHASHSEED: '0', ...environment },
  });

/** What a client is told by the server, as a script asks for it. */
export async function asked(url: string, folder: string, script = 'ask.py'): Promise<unknown> {
  const file = join(await mkdtemp(join(folder, 'asked-')), 'answers.json');
  await story(script, url, file);
  return JSON.parse(await readFile(file, 'utf8'));
}

export interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command of the built program to its end. Servers of this process go on meanwhile. */
export function runledger(
  args: readonly string[],
  options: { readonly cwd?: string; readonly environment?: NodeJS.ProcessEnv } = {},
): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [PROGRAM, ...args],
      { ...options, env: { ...process.env, ...options.environment }, maxBuffer: 1e8 },
      (error, stdout, stderr) => {
        const status = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
        resolve({ status, stdout, stderr });
      },
    );
  });
}

/** @returns the URI of an empty database */
export async function emptyTarget(kind: string, folder: string): Promise<string> {
  if (kind === 'SQLite') return `sqlite:///${await mkdtemp(join(folder, 'target-'))}/new.db`;
  const place = await mkdtemp(join(tmpdir(), 'runledger-postgres-'));
  await chmod(place, 0o755);
  const { uri, stop } = await startPostgres(place);
  onTestFinished(async () => {
    await stop();
    await rm(place, { recursive: true, force: true });
  });
  return uri;
}
