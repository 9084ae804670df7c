import { readdir, readFile, writeFile } from 'node:fs/promises';
import { ALL_VERSIONS } from '../scripts/python-envs.mjs';
import type { Operation } from './contract.js';
import { type Coverage, coverageOf } from './coverage.js';
import { readGolden } from './golden/files.js';

/** In the folder of a suite: which operations its client has used. Each is a column of COVERAGE.md. */
const FILE = 'used-operations.json';
const FOLDER = new URL('./', import.meta.url);

/** True when a suite is to write its list instead of comparing it. */
export const WRITE = process.env.RUNLEDGER_WRITE_OPERATIONS !== undefined;

/**
 * Writes the list of a suite, or compares it.
 *
 * @param suite the suite's folder
 * @returns false when it is not what stands there
 */
export async function settleUsedOperations(
  suite: string,
  coverage: Coverage,
  write: boolean,
): Promise<boolean> {
  const file = new URL(`${suite}/${FILE}`, FOLDER);
  const text = `${JSON.stringify(coverage, undefined, 2)}\n`;
  if (write) {
    await writeFile(file, text);
    return true;
  }
  return (await readFile(file, 'utf8').catch(() => '')) === text;
}

/** What the other suites have recorded, and what the golden exchanges show. */
export async function readUsedOperations(
  operations: readonly Operation[],
): Promise<readonly Coverage[]> {
  const golden = ALL_VERSIONS.toReversed().map(async (version) => {
    const exchanges = Object.values(await readGolden(version)).flat();
    return coverageOf(operations, { client: `mlflow ${version}`, exchanges });
  });
  const suites = (await readdir(FOLDER)).toSorted().map(async (suite) => {
    const text = await readFile(new URL(`${suite}/${FILE}`, FOLDER), 'utf8').catch(() => undefined);
    return text === undefined ? [] : [JSON.parse(text) as Coverage];
  });
  return [...(await Promise.all(golden)), ...(await Promise.all(suites)).flat()];
}
