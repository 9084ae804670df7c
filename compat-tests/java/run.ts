/**
 * Runs the unchanged MLflow Java client against this project's server, as built in dist/.
 *
 *   npx tsx compat-tests/java/run.ts [--url URL | --stock] [--check]
 *
 * A run without failures writes which operations the client has used to used-operations.json, a
 * column of COVERAGE.md; with --check the two are compared instead.
 */
import { parseArgs } from 'node:util';
import { readOperations } from '../contract.js';
import { type Coverage, coverageOf } from '../coverage.js';
import { startRecordingProxy } from '../proxy/recording-proxy.js';
import { type RunningServer, startRunledger, startStockServer } from '../servers.js';
import { settleUsedOperations } from '../used-operations.js';
import { JAVA_CLIENT_VERSION, type JavaResult, runJavaClient } from './client.js';
import { ensureJava } from './ensure.js';

const CLIENT = `Java ${JAVA_CLIENT_VERSION}`;

async function openServer(url: string | undefined, stock: boolean): Promise<RunningServer> {
  if (url !== undefined) return { url, log: () => '', stop: async () => undefined };
  return stock ? startStockServer() : startRunledger();
}

/** Runs the checks, and tells which operations the client has used. */
async function record(server: RunningServer): Promise<[JavaResult, Coverage]> {
  const proxy = await startRecordingProxy(server.url);
  try {
    const result = await runJavaClient(proxy.url);
    // Files are handed to Python's client, which has columns of its own.
    const exchanges = proxy.exchanges.filter(({ userAgent }) =>
      userAgent.startsWith(`mlflow-java-client/${JAVA_CLIENT_VERSION}`),
    );
    return [result, coverageOf(await readOperations(), { client: CLIENT, exchanges })];
  } finally {
    await proxy.close();
  }
}

async function main(): Promise<boolean> {
  const { values } = parseArgs({
    options: {
      url: { type: 'string' },
      stock: { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
    },
  });
  ensureJava();
  const server = await openServer(values.url?.replace(/\/$/, ''), values.stock);
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => void server.stop().finally(() => process.exit(130)));
  }
  try {
    console.log(`== mlflow ${CLIENT} against ${server.url}`);
    const [{ passed, failed, ok }, coverage] = await record(server);
    const settled =
      !ok || values.stock || (await settleUsedOperations('java', coverage, !values.check));
    if (!settled) console.log('used-operations.json differs: run without --check to write it');
    if (!ok && failed === 0) console.log('The Java program did not run to its end');
    console.log(`mlflow ${CLIENT}: ${passed} passed, ${failed} failed`);
    return ok && settled;
  } finally {
    await server.stop();
  }
}

try {
  process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
