import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { ensureEnvironment } from '../../scripts/python-envs.mjs';
import { type RunningServer, startRunledger, startStockServer } from '../servers.js';
import { type RunningMariadb, startMariadb } from './mariadb.js';
import { asked, emptyTarget, runledger, story, storyIn } from './support.js';

let folder: string;
let mariadb: RunningMariadb;
let stock: RunningServer;
let told: unknown;
/** Where Python finds the driver. */
let packages: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'runledger-moving-'));
  mariadb = await startMariadb();
  const python = ensureEnvironment('pymysql');
  const script = 'import sysconfig; print(sysconfig.get_path("purelib"))';
  packages = execFileSync(python, ['-c', script], { encoding: 'utf8' }).trim();
  stock = await startStockServer({
    backendStoreUri: mariadb.uri,
    environment: { PYTHONPATH: packages },
    extraArguments: ['--artifacts-destination', join(folder, 'old')],
  });
  await story('fill.py', stock.url);
  // More than one read takes.
  await mariadb.run(
    'insert into metrics (`key`, value, timestamp, run_uuid, step, is_nan) ' +
      "select 'many', 1 / (seq + 3), 9007199254740993 + seq div 7, run_uuid, -seq, 0 " +
      'from seq_1_to_25000 join (select min(run_uuid) as run_uuid from runs) r',
  );
  told = await asked(stock.url, folder);
});

afterAll(async () => {
  await stock?.stop();
  await mariadb?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('a database on MariaDB', () => {
  it('answers after the move as it did before', async () => {
    const to = await emptyTarget('SQLite', folder);
    const artifacts = join(folder, 'new');
    const args = [
      ...['import', '--from', mariadb.uri, '--to', to, '--artifacts-destination', artifacts],
      ...['--artifacts', 'copy', '--artifacts-from', join(folder, 'old')],
    ];
    const first = await runledger(args);
    expect(first.stderr).not.toContain('runledger:');
    expect(first.stdout).toContain('All is the same on both sides.');
    expect(first.stdout).toMatch(/^metric points +25\d+ +0 +25\d+ /m);

    const again = await runledger([...args].map((arg) => arg.replace('mysql+pymysql:', 'mysql:')));
    expect(again.stdout).toContain('nothing was written');
    expect(again.status).toBe(0);

    const server = await startRunledger({
      backendStoreUri: to,
      extraArguments: ['--artifacts-destination', artifacts],
    });
    onTestFinished(() => server.stop());
    expect(await asked(server.url, folder)).toEqual(told);
  });

  it('gives its accounts, roles and permissions too', async () => {
    await mariadb.run('create database accounts character set utf8mb4');
    await mariadb.run("grant all on accounts.* to 'ann'@'%'");
    const accounts = mariadb.uri.replace(/\/mlflow$/, '/accounts');
    await storyIn({ PYTHONPATH: packages }, 'fill_accounts.py', accounts);
    const to = await emptyTarget('SQLite', folder);
    const args = ['import', '--from', mariadb.uri, '--to', to, '--accounts', accounts];
    const { stdout, stderr, status } = await runledger(args);
    expect(stderr).not.toContain('runledger:');
    expect(stdout).toMatch(/2 users.*1 roles?.*3 permissions.*1/);
    expect(status).toBe(0);

    const environment = { MLFLOW_AUTH_ADMIN_PASSWORD: 'the password of an admin' };
    const server = await startRunledger({
      backendStoreUri: to,
      environment,
      extraArguments: ['--app-name', 'basic-auth'],
    });
    onTestFinished(() => server.stop());
    const basic = Buffer.from('ännchen:password-of-ann-1').toString('base64');
    const found = await fetch(`${server.url}/api/2.0/mlflow/users/get?username=ännchen`, {
      headers: { authorization: `Basic ${basic}` },
    });
    expect(found.status).toBe(200);
  });

  it('is not read with a wrong password, which nobody is told', async () => {
    const from = mariadb.uri.replace(/ann:[^@]*@/, 'ann:hunter2@');
    const { status, stderr } = await runledger([
      ...['import', '--from', from, '--to', await emptyTarget('SQLite', folder)],
    ]);
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /^runledger: Can't read the database 'mysql:\/\/127\.0\.0\.1:\d+\/mlflow': Access denied/m,
    );
    expect(stderr).not.toContain('hunter2');
  });
});
