/**
 * `npm test`: sets up all that the tests need and runs every one of them, quick checks first.
 * Stops at the first part that fails. A missing tool is an error that says how to get it.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ensureInstalled, requireNode, root } from './prepare.mjs';

requireNode();
ensureInstalled();

const bin = (name) => join(root, 'node_modules', '.bin', name);

const tsx = (...args) => [bin('tsx'), args];
const vitest = (...args) => [bin('vitest'), ['run', ...args]];
const suite = (name, ...files) =>
  vitest('--config', `compat-tests/${name}/vitest.config.ts`, ...files);
/** Puts a PostgreSQL under what follows. */
const onPostgres = ([command, args]) => tsx('compat-tests/on-postgres.ts', command, ...args);
/** Puts the oldest PostgreSQL that is supported under what follows. */
const onOldest = ([command, args]) => [command, args, { RUNLEDGER_TEST_POSTGRES: '14' }];

const clients = tsx('compat-tests/run.ts', '--check');
const java = tsx('compat-tests/java/run.ts', '--check');

const PARTS = [
  ['generated code', tsx('scripts/generate.ts')],
  ['lint', [bin('biome'), ['check', '.']]],
  ['types', [bin('tsc'), ['--noEmit', '-p', '.']]],
  ['types of the web application', [bin('tsc'), ['--noEmit', '-p', 'web']]],
  ['unit tests, both databases', vitest()],
  ['oldest PostgreSQL, set up', [process.execPath, ['scripts/ensure-postgres.mjs', '14']]],
  ['stores on the oldest PostgreSQL', onOldest(vitest('-t', 'on PostgreSQL'))],
  ['build', [process.execPath, ['scripts/ensure-built.mjs']]],
  ['TypeScript client, installed, SQLite', suite('client')],
  ['TypeScript client, installed, PostgreSQL', onPostgres(suite('client'))],
  ['Python clients, set up', [process.execPath, ['scripts/python-envs.mjs']]],
  ['contract against the clients', [process.execPath, ['scripts/contract-diff.mjs']]],
  ['fuzzing of the served contract, SQLite', tsx('compat-tests/fuzz/run.ts')],
  ['fuzzing of the served contract, PostgreSQL', onPostgres(tsx('compat-tests/fuzz/run.ts'))],
  ['load balancer, set up', [process.execPath, ['scripts/ensure-haproxy.mjs']]],
  ['programs for backups of PostgreSQL', [process.execPath, ['scripts/ensure-pg-dump.mjs']]],
  ['browser, set up', [process.execPath, ['scripts/ensure-chromium.mjs']]],
  ['the web application in a browser, SQLite', suite('web')],
  ['its main deeds on PostgreSQL', onPostgres(suite('web', 'runs-table.test', 'deeds.test'))],
  ["MLflow's pages in a browser, SQLite", suite('browser')],
  ["MLflow's pages in a browser, PostgreSQL", onPostgres(suite('browser'))],
  ['robustness, both databases', suite('robustness')],
  ['differences from mlflow server, SQLite', suite('differential')],
  ['differences from mlflow server, PostgreSQL', onPostgres(suite('differential'))],
  ['workspaces beside mlflow server, SQLite', suite('workspaces')],
  [
    'workspaces beside mlflow server, PostgreSQL',
    onPostgres(suite('workspaces', 'workspaces.test')),
  ],
  ['R, TypeScript tracing and curl on the wire, SQLite', suite('r-wire')],
  ['R, TypeScript tracing and curl on the wire, PostgreSQL', onPostgres(suite('r-wire'))],
  ['model signatures, with model_signing', suite('model-signing')],
  ['ONNX of scikit-learn and cards of the Hub', suite('model-formats')],
  ['artifact stores, on their emulators', suite('stores')],
  ['MariaDB, set up', [process.execPath, ['scripts/ensure-mariadb.mjs']]],
  ['moving in from mlflow server and out again, both databases', suite('moving')],
  ['golden exchanges of six Python clients, SQLite', suite('golden')],
  ['golden exchanges of six Python clients, PostgreSQL', onPostgres(suite('golden'))],
  ['Java client, SQLite', java],
  ['Java client, PostgreSQL', onPostgres(java)],
  ['Python clients and command line, SQLite', clients],
  ['Python clients and command line, PostgreSQL', onPostgres(clients)],
];

const timings = [];
for (const [name, [command, args, environment]] of PARTS) {
  process.stdout.write(`\n=== ${name}\n`);
  const start = Date.now();
  const ok = passes(command, args, environment);
  timings.push(
    `${ok ? 'ok    ' : 'FAILED'} ${name} (${Math.round((Date.now() - start) / 1000)} s)`,
  );
  if (!ok) break;
}
const failed = timings.filter((line) => line.startsWith('FAILED')).length;
process.stdout.write(`\n${timings.join('\n')}\n`);
process.stdout.write(`${timings.length - failed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;

function passes(command, args, environment = {}) {
  const env = { ...process.env, ...environment };
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', env });
  if (error) process.stderr.write(`${command}: ${error.message}\n`);
  return status === 0;
}
