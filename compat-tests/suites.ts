import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** How the suites went for one client. */
export interface SuiteResult {
  readonly version: string;
  readonly passed: number;
  readonly failed: number;
  readonly seconds: number;
  readonly ok: boolean;
}

export interface SuiteOptions {
  readonly version: string;
  readonly python: string;
  /** Where the Python client finds the server. */
  readonly url: string;
  /** Where the `mlflow` program finds it. */
  readonly cliUrl: string;
  /** A folder for what the client leaves behind. */
  readonly scratch: string;
  readonly pytestArguments: readonly string[];
}

const SUITES = join(dirname(fileURLToPath(import.meta.url)), 'python');

/** Runs the pytest suites in the environment of one client, showing their output as it comes. */
export async function runSuites(options: SuiteOptions): Promise<SuiteResult> {
  const started = Date.now();
  const child = spawn(options.python, ['-m', 'pytest', ...options.pytestArguments], {
    cwd: SUITES,
    env: {
      ...process.env,
      RUNLEDGER_COMPAT_URL: options.url,
      RUNLEDGER_COMPAT_CLI_URL: options.cliUrl,
      PYTHONDONTWRITEBYTECODE: '1',
      TMPDIR: options.scratch,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
    process.stdout.write(text);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  const passed = count(printed, 'passed');
  return {
    version: options.version,
    passed,
    failed: count(printed, 'failed') + count(printed, 'errors?'),
    seconds: Math.round((Date.now() - started) / 1000),
    ok: code === 0 && passed > 0,
  };
}

/** Reads a number out of the closing line, such as `2 failed, 140 passed in 12.28s`. */
function count(output: string, outcome: string): number {
  const closing = output.trimEnd().split('\n').at(-1) ?? '';
  return Number(new RegExp(`(\\d+) ${outcome}\\b`).exec(closing)?.[1] ?? 0);
}
