/**
 * Runs the compatibility suites with each MLflow client against one server.
 *
 *   npx tsx compat-tests/run.ts [--url URL | --stock] [--version V]... [--backend-store-uri URI]
 *                               [--check] [-- pytest arguments]
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  ALL_VERSIONS,
  AUTH_VERSIONS,
  CLIENT_VERSIONS,
  ensureEnvironment,
} from '../scripts/python-envs.mjs';
import { readOperations } from './contract.js';
import { notHeld, renderCoverage, type Traffic } from './coverage.js';
import { type Exchange, startRecordingProxy } from './proxy/recording-proxy.js';
import { isHealthy, type RunningServer, startRunledger, startStockServer } from './servers.js';
import { runSuites, type SuiteResult } from './suites.js';
import { readUsedOperations } from './used-operations.js';
import { wireTests } from './wire-tests.js';

const FOLDER = dirname(fileURLToPath(import.meta.url));
const COVERAGE = join(FOLDER, 'COVERAGE.md');
const CLI = 'CLI';
/** Clients without what most suites train with: they have prompts, and need nothing else for them. */
const PROMPT_VERSIONS = ['3.11.1', '3.1.4'];
const PROMPT_SUITE = 'test_prompts.py';
const AUTH_SUITE = 'test_users_and_permissions.py';

/** Receivers of webhooks are on this machine, and speak without TLS. */
const ENVIRONMENT = {
  MLFLOW_WEBHOOK_ALLOWED_SCHEMES: 'http,https',
  MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS: 'true',
  // A stock server would else learn of a webhook after a minute.
  MLFLOW_WEBHOOK_CACHE_TTL: '0',
};

const USAGE = `Usage: npx tsx compat-tests/run.ts [options] [-- pytest arguments]

  --url URL                 test this server instead of starting one
  --stock                   start a stock mlflow server instead of this project's
  --version V               only this client; may be repeated
  --backend-store-uri URI   database of the server that is started (default: an empty one)
  --check                   compare COVERAGE.md with this run instead of writing it
`;

interface Options {
  readonly url: string | undefined;
  readonly stock: boolean;
  readonly versions: readonly string[];
  readonly backendStoreUri: string | undefined;
  readonly check: boolean;
  readonly pytestArguments: readonly string[];
}

function readOptions(args: readonly string[]): Options | undefined {
  // The servers of that suite have databases of their own: once is enough.
  const onPostgres = process.env.RUNLEDGER_TEST_BACKEND_URI !== undefined;
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      url: { type: 'string' },
      stock: { type: 'boolean', default: false },
      version: {
        type: 'string',
        multiple: true,
        default: [...CLIENT_VERSIONS, ...PROMPT_VERSIONS, ...(onPostgres ? [] : AUTH_VERSIONS)],
      },
      'backend-store-uri': { type: 'string' },
      check: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  return {
    url: values.url?.replace(/\/$/, ''),
    stock: values.stock,
    versions: values.version,
    backendStoreUri: values['backend-store-uri'],
    check: values.check,
    pytestArguments: positionals,
  };
}

async function main(options: Options): Promise<boolean> {
  const pythons = options.versions.map((version) =>
    ensureEnvironment(version, (line) => console.log(`mlflow ${version}: ${line}`)),
  );
  const server = await openServer(options);
  stopOnSignals(server);
  const scratch = await mkdtemp(join(tmpdir(), 'compat-run-'));
  const results: SuiteResult[] = [];
  const traffic: Traffic[] = [];
  try {
    for (const [index, version] of options.versions.entries()) {
      console.log(`\n== mlflow ${version} against ${server.url}`);
      const library = await startRecordingProxy(server.url);
      const program = await startRecordingProxy(server.url);
      const result = await runSuites({
        version,
        python: pythons[index] ?? '',
        url: library.url,
        cliUrl: program.url,
        scratch,
        pytestArguments: argumentsFor(version, options),
      });
      results.push(result);
      // That suite has a server of its own.
      if (!AUTH_VERSIONS.includes(version)) {
        traffic.push({ client: `mlflow ${version}`, exchanges: library.exchanges });
        traffic.push({ client: CLI, exchanges: program.exchanges });
      }
      warnOfForeignAgents(version, [...library.exchanges, ...program.exchanges]);
      await Promise.all([library.close(), program.close()]);
    }
  } finally {
    await server.stop();
    await rm(scratch, { recursive: true, force: true });
  }
  const covered = await settleCoverage(options, results, traffic);
  return summarize(results) && covered;
}

function argumentsFor(version: string, { pytestArguments }: Options): readonly string[] {
  if (pytestArguments.length > 0) return pytestArguments;
  if (AUTH_VERSIONS.includes(version)) return [AUTH_SUITE];
  return PROMPT_VERSIONS.includes(version) ? [PROMPT_SUITE] : pytestArguments;
}

async function openServer(options: Options): Promise<RunningServer> {
  const { url, backendStoreUri } = options;
  if (url === undefined) {
    console.log(`starting ${options.stock ? 'a stock mlflow server' : 'runledger'}`);
    return options.stock
      ? startStockServer({ backendStoreUri, environment: ENVIRONMENT })
      : startRunledger({ backendStoreUri, environment: ENVIRONMENT });
  }
  if (!(await isHealthy(url))) throw new Error(`GET ${url}/health does not answer OK`);
  return { url, log: () => '', stop: async () => undefined };
}

function stopOnSignals(server: RunningServer): void {
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => void server.stop().finally(() => process.exit(130)));
  }
}

/** Every request should come from the client under test, or the report would lie. */
function warnOfForeignAgents(version: string, exchanges: readonly Exchange[]): void {
  const foreign = new Set(
    exchanges
      .map(({ userAgent }) => userAgent)
      .filter((agent) => !agent.startsWith(`mlflow-python-client/${version}`)),
  );
  for (const agent of foreign) console.log(`note: requests from "${agent}" were counted as well`);
}

/** Writes COVERAGE.md, or compares it. A partial or failed run would only spoil the file. */
async function settleCoverage(
  options: Options,
  results: readonly SuiteResult[],
  traffic: readonly Traffic[],
): Promise<boolean> {
  const complete =
    options.pytestArguments.length === 0 &&
    CLIENT_VERSIONS.every((version) => results.some((one) => one.version === version && one.ok));
  if (!complete) {
    console.log('\nCOVERAGE.md is left as it is: it takes all clients and no failures');
    return true;
  }
  const columns = [...ALL_VERSIONS].sort(byVersion).map((version) => `mlflow ${version}`);
  const order = [...columns, CLI];
  const operations = await readOperations();
  const recorded = await readUsedOperations(operations);
  const tests = wireTests(operations);
  const missing = columns.map((client) => ({ client, exchanges: [] }));
  const sorted = [...missing, ...traffic].sort(
    (a, b) => order.indexOf(a.client) - order.indexOf(b.client),
  );
  const open = notHeld(operations, sorted, recorded, tests);
  if (open.length > 0) {
    console.log(`\nused by no client and held by no wire test:\n  ${open.join('\n  ')}`);
  }
  const report = renderCoverage(operations, sorted, recorded, tests);
  if (!options.check) {
    await writeFile(COVERAGE, report);
    return open.length === 0;
  }
  const same = (await readFile(COVERAGE, 'utf8').catch(() => '')) === report;
  if (!same)
    console.log('\nCOVERAGE.md is not what this run gives: run without --check to write it');
  return same && open.length === 0;
}

const byVersion = (one: string, other: string): number =>
  one.localeCompare(other, 'en', { numeric: true });

function summarize(results: readonly SuiteResult[]): boolean {
  const total = { passed: 0, failed: 0, seconds: 0 };
  console.log('');
  for (const { version, passed, failed, seconds } of results) {
    console.log(`mlflow ${version}: ${passed} passed, ${failed} failed in ${seconds} s`);
    total.passed += passed;
    total.failed += failed;
    total.seconds += seconds;
  }
  console.log(`total: ${total.passed} passed, ${total.failed} failed in ${total.seconds} s`);
  return results.every(({ ok }) => ok);
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) console.log(USAGE);
  else process.exitCode = (await main(options)) ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
