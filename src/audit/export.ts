import type { Writable } from 'node:stream';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Database } from '../platform/db/database.js';
import type { AuditStore } from './audit.store.js';
import { readLog, toLine } from './log-lines.js';

/**
 * Sends the log as lines: the key, the entries, each checkpoint after the last entry that it
 * covers. It reads on when the receiver has taken what came before.
 */
export async function sendLog(
  to: Writable,
  { scan }: Database,
  store: AuditStore,
  { key, size }: { readonly key: string; readonly size: number },
): Promise<void> {
  async function* lines(): AsyncGenerator<string> {
    yield `${JSON.stringify({ key })}\n`;
    if (size === 0) return;
    for await (const items of readLog(store, scan, size)) {
      yield items.map((item) => `${toLine(item)}\n`).join('');
    }
  }
  await pipeline(Readable.from(lines()), to);
}
