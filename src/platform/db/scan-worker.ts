import { workerData } from 'node:worker_threads';
import type { BulkRow, Chain, Statement } from './database.js';
import { SqliteConnection } from './sqlite-connection.js';

const { file } = workerData as { file: string };
const connection = new SqliteConnection({ file, durability: 'full', readonly: true });

/** Runs one read on a connection of this thread, so that a long one holds up nothing else. */
export const scan = (statement: Statement): unknown[] => connection.all(statement);

/** Runs one read for each row of bindings, in one transaction. */
export const scanEach = ({ sql, rows }: { sql: string; rows: readonly BulkRow[] }): unknown[] =>
  connection.each(sql, rows);

/** Runs a chain of reads, in one transaction. */
export const scanChain = (chain: Chain): unknown[] => connection.chain(chain);
