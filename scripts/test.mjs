/**
 * `npm test`: sets up all that the tests need and runs every one of them, quick checks first.
 * Stops at the first step that fails. A missing tool is an error that says how to get it.
 */
import { join } from 'node:path';
import { passAll } from './parts.mjs';
import { ensureInstalled, requireNode, root } from './prepare.mjs';

requireNode();
ensureInstalled();

const bin = (name) => join(root, 'node_modules', '.bin', name);

const script = (name, ...args) => [process.execPath, [`scripts/${name}.mjs`, ...args]];
const tsx = (...args) => [bin('tsx'), args];
const vitest = (...args) => [bin('vitest'), ['run', ...args]];
const suite = (name, ...files) =>
  vitest('--config', `compat-tests/${name}/vitest.config.ts`, ...files);
/** Puts a PostgreSQL under what follows. */
const onPostgres = ([command, args]) => tsx('compat-tests/on-postgres.ts', command, ...args);
/** Puts the oldest PostgreSQL that is supported under what follows. */
const onOldest = ([command, args]) => [command, args, { RUNLEDGER_TEST_POSTGRES: '14' }];

const java = tsx('compat-tests/java/run.ts', '--check');

const alone = (name, command) => [[[name, command]]];
/** On SQLite and on PostgreSQL, side by side: each waits for its clients more than it works. */
const onBoth = (name, command, onPostgresToo = command) => [
  [[`${name}, SQLite`, command]],
  [[`${name}, PostgreSQL`, onPostgres(onPostgresToo)]],
];

const SET_UP = [
  ['oldest PostgreSQL, set up', script('ensure-postgres', '14')],
  ['Python clients, set up', script('python-envs')],
  ['tools in Python, set up', script('python-envs', 'tools')],
  ['load balancer, set up', script('ensure-haproxy')],
  ['programs for backups of PostgreSQL', script('ensure-pg-dump')],
  ['browser, set up', script('ensure-chromium')],
  ['MariaDB, set up', script('ensure-mariadb')],
];

const passed = await passAll([
  alone('generated code', tsx('scripts/generate.ts')),
  alone('lint', [bin('biome'), ['check', '.']]),
  [
    [['types', [bin('tsc'), ['--noEmit', '-p', '.']]]],
    [['types of the web application', [bin('tsc'), ['--noEmit', '-p', 'web']]]],
  ],
  // Downloads and unit tests don't get into each other's way.
  [[['unit tests, both databases', vitest()]], SET_UP],
  alone('stores on the oldest PostgreSQL', onOldest(vitest('-t', 'on PostgreSQL'))),
  alone('build', script('ensure-built')),
  alone('contract against the clients', script('contract-diff')),
  onBoth('TypeScript client, installed', suite('client')),
  onBoth('fuzzing of the served contract', tsx('compat-tests/fuzz/run.ts')),
  onBoth(
    'the web application in a browser',
    suite('web'),
    // What it shows is held above; here its main deeds.
    suite('web', 'runs-table.test', 'deeds.test'),
  ),
  onBoth("MLflow's pages in a browser", suite('browser')),
  alone('robustness, both databases', suite('robustness')),
  onBoth('differences from mlflow server', suite('differential')),
  onBoth(
    'workspaces beside mlflow server',
    suite('workspaces'),
    suite('workspaces', 'workspaces.test'),
  ),
  onBoth('R, TypeScript tracing and curl on the wire', suite('r-wire')),
  [
    [['artifact stores, on their emulators', suite('stores')]],
    [
      ['model signatures, with model_signing', suite('model-signing')],
      ['ONNX of scikit-learn and cards of the Hub', suite('model-formats')],
    ],
  ],
  alone('moving in from mlflow server and out again, both databases', suite('moving')),
  [
    [
      ['golden exchanges of six Python clients, SQLite', suite('golden')],
      ['golden exchanges of six Python clients, PostgreSQL', onPostgres(suite('golden'))],
    ],
    // Compiled into one folder, so one after the other.
    [
      ['Java client, SQLite', java],
      ['Java client, PostgreSQL', onPostgres(java)],
    ],
  ],
  onBoth('Python clients and command line', tsx('compat-tests/run.ts', '--check')),
]);
process.exitCode = passed ? 0 : 1;
