import { START_TIME } from '../runs.js';
import { type BulkDatabase, numbers } from './bulk-database.js';
import { POINT_INSERTS, type Schema } from './schemas.js';

const CHUNK = 200_000;

/** Stores a long history of one metric of a run; its latest value is of no concern here. */
export async function fillPoints(
  database: BulkDatabase,
  schema: Schema,
  { runId, key, points }: { runId: string; key: string; points: number },
): Promise<void> {
  const { into, select } = POINT_INSERTS[schema](runId, key, START_TIME);
  for (let from = 0; from < points; from += CHUNK) {
    const to = Math.min(from + CHUNK, points);
    await database.run(`${into} ${numbers(from, to)} ${select}`);
  }
}
