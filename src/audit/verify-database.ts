import type { Reader } from '../platform/db/database.js';
import type { AuditStore } from './audit.store.js';
import { type AuditRow, rowOf } from './entries.js';
import { readLog } from './log-lines.js';
import { LogVerifier, type Report, type VerifierSettings } from './log-verifier.js';

/** Verifies the log in a database, its columns beside its entries included. */
export async function verifyDatabase(
  store: AuditStore,
  reader: Reader,
  settings: VerifierSettings,
): Promise<Report> {
  const verifier = new LogVerifier(settings);
  const stored = await store.key(reader);
  if (settings.key === undefined && stored !== undefined) {
    verifier.line(JSON.stringify({ key: stored.public_key }));
  }
  const { size } = await store.head(reader);
  for await (const items of readLog(store, reader)) {
    for (const item of items) {
      if (item.kind === 'checkpoint') {
        verifier.note(item.checkpoint.note);
        continue;
      }
      const odd = oddColumn(item.row);
      if (odd !== undefined) {
        verifier.report(item.row.seq, `entry ${item.row.seq} was edited: its ${odd} is another`);
      }
      verifier.line(item.row.entry);
    }
  }
  const report = verifier.finish();
  if (report.entries >= size) return report;
  const missing = `entries up to ${size} were written, and there are ${report.entries}`;
  return {
    ...report,
    ok: false,
    problems: [...report.problems, { seq: report.entries + 1, problem: missing }],
  };
}

/** @returns the name of a column that is not what its entry says */
function oddColumn(row: AuditRow): string | undefined {
  let expected: AuditRow;
  try {
    expected = rowOf(row.entry);
  } catch {
    return 'entry';
  }
  return (Object.keys(expected) as (keyof AuditRow)[]).find((name) => row[name] !== expected[name]);
}
