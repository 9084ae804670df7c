import { readOperations } from '../../contract.js';
import { coverageOf } from '../../coverage.js';
import { STOCK_VERSION } from '../../servers.js';
import { settleUsedOperations, WRITE } from '../../used-operations.js';

/**
 * Writes which operations the pages have used, or compares it with what is written.
 *
 * @param text exchanges, one a line
 * @throws Error when it is not what is written
 */
export async function settleUsedByPages(text: string): Promise<void> {
  const lines = text.split('\n').filter((line) => line !== '');
  const exchanges = lines.map((line) => {
    const { url, ...exchange } = JSON.parse(line) as {
      method: string;
      url: string;
      status: number;
    };
    return { ...exchange, path: new URL(url).pathname };
  });
  const traffic = { client: `Pages of mlflow ${STOCK_VERSION}`, exchanges };
  const coverage = coverageOf(await readOperations(), traffic);
  if (await settleUsedOperations('browser', coverage, WRITE)) return;
  // Vitest prints what is thrown here, and counts it as no failure.
  process.exitCode = 1;
  const used = JSON.stringify(coverage.operations);
  throw new Error(`browser/used-operations.json is not what the pages used: ${used}`);
}
