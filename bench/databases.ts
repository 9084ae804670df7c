import { PostgresServer } from '../src/testing/postgres-server.js';

/** A PostgreSQL with its default, durable settings, and an empty database in it for each server. */
export class Databases {
  readonly #postgres: PostgresServer;

  private constructor(postgres: PostgresServer) {
    this.#postgres = postgres;
  }

  static async start(): Promise<Databases> {
    const postgres = await PostgresServer.create(18, ['-c', 'shared_buffers=512MB']);
    await postgres.start();
    return new Databases(postgres);
  }

  /** @returns the URI of a new database */
  async create(name: string): Promise<string> {
    await this.#postgres.query(`create database ${name}`);
    return this.#postgres.uri.replace(/\/postgres$/, `/${name}`);
  }

  async stop(): Promise<void> {
    await this.#postgres.remove();
  }
}
