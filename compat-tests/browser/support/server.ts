import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { ensureEnvironment } from '../../../scripts/python-envs.mjs';
import {
  type RunningServer,
  type ServerOptions,
  STOCK_VERSION,
  startRunledger,
  startStockServer,
} from '../../servers.js';

export const IS_STOCK = process.env.BROWSER_SERVER === 'stock';

/** What `fill.py` has made. */
export interface Filled {
  readonly experiment: string;
  /** Runs named alpha-run, beta-run and gamma-run. */
  readonly runs: readonly string[];
  /** Where the traces are. */
  readonly genai: string;
}

/** A server that serves the pages of the newest client's own package. */
export function startWithPages(options: ServerOptions = {}): Promise<RunningServer> {
  const pages = pagesOf(ensureEnvironment(STOCK_VERSION));
  return IS_STOCK
    ? startStockServer(options)
    : startRunledger({ ...options, extraArguments: ['--mlflow-ui', pages] });
}

/** Lets the newest client log what the pages are to show. */
export function fill(url: string): Filled {
  const program = join(import.meta.dirname, '../fill.py');
  const printed = execFileSync(ensureEnvironment(STOCK_VERSION), [program, url], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, MLFLOW_DISABLE_TELEMETRY: 'true', DO_NOT_TRACK: 'true' },
  });
  return JSON.parse(printed.trim().split('\n').at(-1) ?? '') as Filled;
}

/** The folder of the package; asked of its Python without importing all of it. */
function pagesOf(python: string): string {
  const code =
    "import importlib.util as u; print(u.find_spec('mlflow').submodule_search_locations[0])";
  return execFileSync(python, ['-c', code], { encoding: 'utf8' }).trim();
}
