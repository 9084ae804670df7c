import { START_TIME } from '../runs.js';
import { type BulkDatabase, numbers } from './bulk-database.js';
import { HISTORY_INSERTS, type Schema } from './schemas.js';

const CHUNK = 200_000;

/** Stores a long history of one metric, of which the run has no point yet. */
export async function fillPoints(
  database: BulkDatabase,
  schema: Schema,
  { runId, key, points }: { runId: string; key: string; points: number },
): Promise<void> {
  const inserts = HISTORY_INSERTS[schema]({ runId, key, startTime: START_TIME });
  const [into, select] = inserts.points;
  for (let from = 0; from < points; from += CHUNK) {
    const to = Math.min(from + CHUNK, points);
    await database.run(`${into} ${numbers(from, to)} ${select}`);
  }
  await database.run(inserts.latest(points - 1));
}
