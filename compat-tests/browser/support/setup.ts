import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { type Filled, fill, IS_STOCK, startWithPages } from './server.js';
import { settleUsedByPages } from './used.js';

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
  const server = await startWithPages();
  const folder = await mkdtemp(join(tmpdir(), 'browser-tests-'));
  const close = async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    project.provide('filled', fill(server.url));
    const record = join(folder, 'exchanges');
    await writeFile(record, '');
    project.provide('url', server.url);
    project.provide('record', record);
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
  if (IS_STOCK || config.testNamePattern !== undefined) return false;
  const { testFiles } = await project.globTestFiles();
  return state.getPaths().length === testFiles.length && state.getCountOfFailedTests() === 0;
}
