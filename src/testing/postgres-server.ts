import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, statSync, writeFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type PostgresRelease, programOf } from './postgres-release.js';
import { freePort, newCluster } from './postgres-setup.js';

const SETTINGS = ['-c', 'listen_addresses=127.0.0.1'];
/** What the crash of a process loses does not depend on the disk. */
const HASTY = ['-c', 'fsync=off'];
const START_TIMEOUT = 60_000;

interface Cluster {
  readonly folder: string;
  readonly program: string;
  readonly port: number;
  readonly password: string;
  readonly flags: readonly string[];
}

/** A PostgreSQL that a test may stop, break and start again on the same port and data. */
export class PostgresServer {
  readonly uri: string;
  readonly #cluster: Cluster;
  #child: ChildProcess | undefined;

  private constructor(cluster: Cluster) {
    this.#cluster = cluster;
    this.uri = `postgresql://runledger:${cluster.password}@127.0.0.1:${cluster.port}/postgres`;
  }

  /**
   * Makes an empty one. It is not running yet.
   *
   * @param flags by default it waits for no disk, since its data is thrown away
   */
  static async create(
    release: PostgresRelease = 18,
    flags: readonly string[] = HASTY,
  ): Promise<PostgresServer> {
    const folder = await mkdtemp(join(tmpdir(), 'runledger-postgres-'));
    // PostgreSQL refuses to run as root, so it runs as a user who must be able to enter.
    await chmod(folder, 0o755);
    const port = await freePort();
    const password = await newCluster(release, join(folder, 'data'), port);
    const program = programOf(release);
    return new PostgresServer({ folder, program, port, password, flags });
  }

  /** Makes a streaming replica of this one, which must not be running. */
  async newReplica(): Promise<PostgresServer> {
    const folder = await mkdtemp(join(tmpdir(), 'runledger-replica-'));
    await chmod(folder, 0o755);
    const [from, to] = [join(this.#cluster.folder, 'data'), join(folder, 'data')];
    const { status } = spawnSync('cp', ['-a', from, to], { stdio: 'inherit' });
    if (status !== 0) throw new Error(`The data of ${from} could not be copied`);
    const signal = join(to, 'standby.signal');
    writeFileSync(signal, '');
    const { uid, gid } = statSync(to);
    chownSync(signal, uid, gid);
    const { port: primaryPort, password } = this.#cluster;
    const primary = `host=127.0.0.1 port=${primaryPort} user=runledger password=${password}`;
    const flags = [
      ...this.#cluster.flags,
      ...['-c', `primary_conninfo=${primary}`, '-c', 'wal_retrieve_retry_interval=200ms'],
    ];
    return new PostgresServer({ ...this.#cluster, folder, port: await freePort(), flags });
  }

  /** Starts it, and resolves when it takes connections. */
  async start(): Promise<void> {
    const { folder, program, port, flags } = this.#cluster;
    const data = join(folder, 'data');
    const { uid, gid } = statSync(data);
    const child = spawn(
      program,
      ['-D', data, '-p', String(port), '-k', '', ...SETTINGS, ...flags],
      { stdio: 'ignore', ...(process.getuid?.() === 0 ? { uid, gid } : {}) },
    );
    this.#child = child;
    for (const deadline = Date.now() + START_TIMEOUT; ; ) {
      if (await this.query('select 1').catch(() => undefined)) return;
      if (child.exitCode !== null || Date.now() > deadline) {
        throw new Error(`PostgreSQL did not start in ${folder}`);
      }
      await sleep(50);
    }
  }

  /** Ends it: `fast` breaks off what is under way, `immediate` is as good as a crash. */
  async stop(how: 'fast' | 'immediate' = 'fast'): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(how === 'fast' ? 'SIGINT' : 'SIGQUIT');
    await ended;
  }

  /** Ends it and removes its data. */
  async remove(): Promise<void> {
    await this.stop('immediate');
    await rm(this.#cluster.folder, { recursive: true, force: true, maxRetries: 3 });
  }

  async query(sql: string): Promise<Record<string, unknown>[]> {
    const client = new pg.Client({ connectionString: this.uri, connectionTimeoutMillis: 5_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return (await client.query(sql)).rows as Record<string, unknown>[];
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}
