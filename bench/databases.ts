import pg from 'pg';
import { PostgresServer } from '../src/testing/postgres-server.js';

/** A PostgreSQL with its default, durable settings, and an empty database in it for each server. */
export class Databases {
  readonly #postgres: PostgresServer;

  private constructor(postgres: PostgresServer) {
    this.#postgres = postgres;
  }

  /** @param flags more of its own */
  static async start(flags: readonly string[] = []): Promise<Databases> {
    const postgres = await PostgresServer.create(18, ['-c', 'shared_buffers=512MB', ...flags]);
    await postgres.start();
    return new Databases(postgres);
  }

  /** @returns the URI of a new database */
  async create(name: string): Promise<string> {
    await this.#postgres.query(`create database ${name}`);
    return this.#uriOf(name);
  }

  query(sql: string): Promise<Record<string, unknown>[]> {
    return this.#postgres.query(sql);
  }

  async queryIn(database: string, sql: string): Promise<Record<string, unknown>[]> {
    const client = new pg.Client({ connectionString: this.#uriOf(database) });
    await client.connect();
    try {
      return (await client.query(sql)).rows;
    } finally {
      await client.end();
    }
  }

  #uriOf(database: string): string {
    return this.#postgres.uri.replace(/\/postgres$/, `/${database}`);
  }

  async stop(): Promise<void> {
    await this.#postgres.remove();
  }
}
