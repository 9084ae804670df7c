import type { Reader } from '../../platform/db/database.js';
import type { AssessmentLists } from './traces.ports.js';
import type { TraceRow } from './traces.store.js';
import { traceInfoToJson } from './traces.wire.js';

/** @returns the JSON text of each trace's info, its assessments among it */
export async function printTraceInfos(
  reader: Reader,
  rows: readonly TraceRow[],
  lists: AssessmentLists,
): Promise<string[]> {
  if (rows.length === 0) return [];
  const assessments = await lists.ofTraces(
    reader,
    rows.map(({ id }) => id),
  );
  return rows.map((row) => traceInfoToJson(row, assessments.get(row.id)));
}
