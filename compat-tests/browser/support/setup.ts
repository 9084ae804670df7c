import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { ensureEnvironment } from '../../../scripts/python-envs.mjs';
import { STOCK_VERSION, startRunledger, startStockServer } from '../../servers.js';
import { settleUsedByPages } from './used.js';

/** What `fill.py` has made. */
export interface Filled {
  readonly experiment: string;
  /** Runs named alpha-run, beta-run and gamma-run. */
  readonly runs: readonly string[];
  /** Where the traces are. */
  readonly genai: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    url: string;
    /** The file that takes down what the pages ask. */
    record: string;
    filled: Filled;
  }
}

/**
 * A server that serves the pages of the newest client's own package, filled by that client. With
 * `BROWSER_SERVER=stock` it is `mlflow server` itself: what is allowed here must happen there too.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const python = ensureEnvironment(STOCK_VERSION);
  const server = await (process.env.BROWSER_SERVER === 'stock'
    ? startStockServer()
    : startRunledger({
        backendStoreUri: process.env.RUNLEDGER_TEST_BACKEND_URI,
        extraArguments: ['--mlflow-ui', pagesOf(python)],
      }));
  const folder = await mkdtemp(join(tmpdir(), 'browser-tests-'));
  const close = async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const printed = execFileSync(python, [join(import.meta.dirname, '../fill.py'), server.url], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, MLFLOW_DISABLE_TELEMETRY: 'true', DO_NOT_TRACK: 'true' },
    });
    const record = join(folder, 'exchanges');
    await writeFile(record, '');
    project.provide('url', server.url);
    project.provide('record', record);
    project.provide('filled', JSON.parse(printed.trim().split('\n').at(-1) ?? '') as Filled);
  } catch (error) {
    await close();
    throw error;
  }
  return async () => {
    const text = await readFile(join(folder, 'exchanges'), 'utf8');
    await close();
    if (await isWhole(project)) await settleUsedByPages(text);
  };
}

/** True when every test has run against this project's server, and none has failed. */
async function isWhole(project: TestProject): Promise<boolean> {
  const { config, state } = project.vitest;
  if (process.env.BROWSER_SERVER === 'stock' || config.testNamePattern !== undefined) return false;
  const { testFiles } = await project.globTestFiles();
  return state.getPaths().length === testFiles.length && state.getCountOfFailedTests() === 0;
}

/** The folder of the package; asked of its Python without importing all of it. */
function pagesOf(python: string): string {
  const code =
    "import importlib.util as u; print(u.find_spec('mlflow').submodule_search_locations[0])";
  return execFileSync(python, ['-c', code], { encoding: 'utf8' }).trim();
}
