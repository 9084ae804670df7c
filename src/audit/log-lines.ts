import type { Reader } from '../platform/db/database.js';
import type { AuditStore, StoredCheckpoint } from './audit.store.js';
import type { AuditRow } from './entries.js';

/** Entries that are in memory at a time. */
const PAGE = 1_000;

/** What stands in a log: entries in their order, each checkpoint after the last that it covers. */
export type Item =
  | { readonly kind: 'entry'; readonly row: AuditRow }
  | { readonly kind: 'checkpoint'; readonly checkpoint: StoredCheckpoint };

/**
 * Reads the log up to an entry, a page at a time.
 *
 * @param to the last entry; entries and checkpoints beyond it are left out
 */
export async function* readLog(
  store: AuditStore,
  reader: Reader,
  to: number = Number.MAX_SAFE_INTEGER,
): AsyncGenerator<Item[]> {
  for (let after = -1, from = 0; ; ) {
    const rows = await store.rows(reader, from, to, PAGE);
    const last = rows.at(-1)?.seq ?? to;
    const until = rows.length < PAGE ? to : last;
    const checkpoints = await store.checkpoints(reader, after, until, Number.MAX_SAFE_INTEGER);
    yield merged(rows, checkpoints);
    if (rows.length < PAGE) return;
    [after, from] = [until, last];
  }
}

function merged(rows: readonly AuditRow[], checkpoints: readonly StoredCheckpoint[]): Item[] {
  const items: Item[] = [];
  let next = 0;
  const upTo = (seq: number): void => {
    for (; next < checkpoints.length; next += 1) {
      const checkpoint = checkpoints[next];
      if (checkpoint === undefined || checkpoint.size > seq) return;
      items.push({ kind: 'checkpoint', checkpoint });
    }
  };
  for (const row of rows) {
    upTo(row.seq - 1);
    items.push({ kind: 'entry', row });
  }
  upTo(Number.MAX_SAFE_INTEGER);
  return items;
}

/** @returns an item as a line of an export */
export const toLine = (item: Item): string =>
  item.kind === 'entry' ? item.row.entry : JSON.stringify({ checkpoint: item.checkpoint.note });
