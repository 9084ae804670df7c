import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createConnection } from 'mysql2/promise';
import { ensureMariadb } from '../../scripts/ensure-mariadb.mjs';

const run = promisify(execFile);
const PASSWORD = 'p@ss:w%rd/1';
const START_MS = 60_000;

export interface RunningMariadb {
  /** In the spelling of SQLAlchemy, the password with its escapes. */
  readonly uri: string;
  /** Changes its database, as its owner. */
  run(sql: string): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a MariaDB of this test's own, with an empty database `mlflow`. */
export async function startMariadb(): Promise<RunningMariadb> {
  const program = ensureMariadb();
  const folder = await mkdtemp(join(tmpdir(), 'runledger-mariadb-'));
  const data = join(folder, 'data');
  await mkdir(data);
  const common = ['--no-defaults', `--datadir=${data}`];
  // As root it has to be told that it may.
  const user = process.getuid?.() === 0 ? ['--user=root'] : [];
  if (user.length > 0) await chown(folder, 0, 0);
  await run('mariadb-install-db', [
    ...common,
    ...user,
    ...['--auth-root-authentication-method=normal', '--skip-test-db'],
  ]);
  const port = await freePort();
  const socket = join(folder, 'socket');
  const server = spawn(
    program,
    [
      ...[...common, ...user, `--socket=${socket}`, `--port=${port}`, '--bind-address=127.0.0.1'],
      ...[`--pid-file=${join(folder, 'pid')}`, '--innodb-flush-log-at-trx-commit=0'],
      ...['--innodb-buffer-pool-size=64M', '--skip-log-bin', '--lower-case-table-names=0'],
    ],
    { stdio: 'ignore', cwd: dirname(data) },
  );
  const killAtExit = () => void server.kill('SIGKILL');
  process.once('exit', killAtExit);
  const stop = async () => {
    process.removeListener('exit', killAtExit);
    if (server.exitCode === null) {
      const gone = once(server, 'exit');
      server.kill('SIGTERM');
      await gone;
    }
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    await prepare(socket, server);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    uri: `mysql+pymysql://ann:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/mlflow`,
    run: async (sql) => {
      const connection = await createConnection({
        ...{ socketPath: socket, user: 'root', database: 'mlflow' },
      });
      await connection.query(sql);
      await connection.end();
    },
    stop,
  };
}

async function prepare(socketPath: string, server: ChildProcess): Promise<void> {
  const until = Date.now() + START_MS;
  for (;;) {
    try {
      const connection = await createConnection({ socketPath, user: 'root' });
      await connection.query('create database mlflow character set utf8mb4');
      await connection.query(`create user 'ann'@'%' identified by ${connection.escape(PASSWORD)}`);
      await connection.query("grant all on mlflow.* to 'ann'@'%'");
      return await connection.end();
    } catch (error) {
      if (server.exitCode !== null || Date.now() > until) throw error;
      await sleep(200);
    }
  }
}

async function freePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('No port is free');
  return address.port;
}
