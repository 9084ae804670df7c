import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { ensureEnvironment } from '../../../scripts/python-envs.mjs';
import { STOCK_VERSION, startRunledger, startStockServer } from '../../servers.js';

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
  try {
    const printed = execFileSync(python, [join(import.meta.dirname, '../fill.py'), server.url], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, MLFLOW_DISABLE_TELEMETRY: 'true', DO_NOT_TRACK: 'true' },
    });
    project.provide('url', server.url);
    project.provide('filled', JSON.parse(printed.trim().split('\n').at(-1) ?? '') as Filled);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return () => server.stop();
}

/** The folder of the package; asked of its Python without importing all of it. */
function pagesOf(python: string): string {
  const code =
    "import importlib.util as u; print(u.find_spec('mlflow').submodule_search_locations[0])";
  return execFileSync(python, ['-c', code], { encoding: 'utf8' }).trim();
}
