import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { ensureEnvironment } from '../../../scripts/python-envs.mjs';
import { STOCK_VERSION, startRunledger } from '../../servers.js';

/** What `fill.py` has made. */
export interface Filled {
  readonly experiment: string;
  readonly many: string;
  readonly empty: string;
  readonly runs: readonly string[];
  readonly running: string;
  readonly hostile: string;
  readonly hostileExperiment: string;
  readonly model: string;
  readonly hostileModel: string;
  readonly assessedTrace: string;
  readonly failedTrace: string;
  readonly hostileTrace: string;
  readonly prompt: string;
  readonly chatPrompt: string;
  readonly hostilePrompt: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    url: string;
    webFilled: Filled;
  }
}

/** A server with the web application, filled by the newest client. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startRunledger();
  try {
    project.provide('url', server.url);
    project.provide('webFilled', fill(server.url));
  } catch (error) {
    await server.stop();
    throw error;
  }
  return () => server.stop();
}

export function fill(url: string): Filled {
  const program = join(import.meta.dirname, '../fill.py');
  const printed = execFileSync(ensureEnvironment(STOCK_VERSION), [program, url], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, MLFLOW_DISABLE_TELEMETRY: 'true', DO_NOT_TRACK: 'true', LOGNAME: 'ada' },
  });
  return JSON.parse(printed.trim().split('\n').at(-1) ?? '') as Filled;
}
