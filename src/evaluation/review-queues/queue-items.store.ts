import type { Database, Reader, Transaction } from '../../platform/db/database.js';
import { keysetAfter, type SortColumn } from '../../platform/filter/keyset.js';
import { decodePageToken, nextPage } from '../../platform/filter/page-token.js';
import type { QueueItem, ReviewStatus } from './queue-items.js';

/** The table and its columns, for whoever inserts many. */
export const ITEMS = {
  table: 'review_queue_items',
  columns: {
    queue: 'bigint',
    item_type: 'text',
    item_id: 'text',
    status: 'text',
    completed_by: 'text',
    completed_time_ms: 'bigint',
    creation_time_ms: 'bigint',
    last_update_time_ms: 'bigint',
  },
  conflict: 'on conflict (queue, item_id) do nothing',
} as const;

const COLUMNS = Object.keys(ITEMS.columns).filter((name) => name !== 'queue');
const SELECT = `select ${COLUMNS.join(', ')} from review_queue_items`;

/** What came last first, and what came together by its id. */
const ORDER: readonly SortColumn[] = [
  { name: 'creation_time_ms', type: 'integer' as const, ascending: false },
  { name: 'item_id', type: 'text' as const, ascending: true },
].map((part) => ({ ...part, sql: part.name, bindings: [], nullable: false }));

/** SQL of what is in review queues. */
export class QueueItemStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** @throws MlflowError 400 for a page token that is broken, or of another list */
  async page(
    queue: number,
    status: ReviewStatus | undefined,
    size: number,
    pageToken: string | undefined,
  ): Promise<{ readonly items: QueueItem[]; readonly token: string | undefined }> {
    const query = { queue, status };
    const position = decodePageToken(pageToken, query, ORDER);
    const after = position !== undefined && 'after' in position ? position.after : undefined;
    const behind = after && keysetAfter(ORDER, after);
    const found = await this.#database.scan.all<QueueItem & Record<string, unknown>>({
      sql:
        `${SELECT} where queue = ?${status === undefined ? '' : ' and status = ?'}` +
        `${behind ? ` and ${behind.sql}` : ''} order by creation_time_ms desc, item_id limit ?`,
      bindings: [
        ...[queue, ...(status === undefined ? [] : [status])],
        ...[...(behind?.bindings ?? []), size + 1],
      ],
    });
    const { rows, token } = nextPage(found, size, ORDER, query, position);
    return { items: rows, token };
  }

  /** @returns those of the items that the queue has, in any order */
  withIds(reader: Reader, queue: number, ids: readonly string[]): Promise<QueueItem[]> {
    const given = this.#database.dialect.isOneOfText('item_id', ids);
    return reader.all<QueueItem>({
      sql: `${SELECT} where queue = ? and ${given.sql}`,
      bindings: [queue, ...given.bindings],
    });
  }

  /** @returns those of the traces that the experiment has */
  async knownTraces(
    reader: Reader,
    experiment: number,
    ids: readonly string[],
  ): Promise<Set<string>> {
    const given = this.#database.dialect.isOneOfText('trace_id', ids);
    const rows = await reader.all<{ trace_id: string }>({
      sql: `select trace_id from traces where experiment_id = ? and ${given.sql}`,
      bindings: [experiment, ...given.bindings],
    });
    return new Set(rows.map(({ trace_id }) => trace_id));
  }

  /** Adds traces that wait; one that is there stays as it is. */
  async add(tx: Transaction, queue: number, ids: readonly string[], now: number): Promise<void> {
    await tx.insert(
      ITEMS,
      ids.map((id) => [queue, 'TRACE', id, 'PENDING', null, null, now, now]),
    );
  }

  async remove(tx: Transaction, queue: number, ids: readonly string[]): Promise<void> {
    const given = this.#database.dialect.isOneOfText('item_id', ids);
    await tx.run({
      sql: `delete from review_queue_items where queue = ? and ${given.sql}`,
      bindings: [queue, ...given.bindings],
    });
  }

  async setStatus(tx: Transaction, queue: number, item: QueueItem): Promise<void> {
    await tx.run({
      sql:
        'update review_queue_items set status = ?, completed_by = ?, completed_time_ms = ?, ' +
        'last_update_time_ms = ? where queue = ? and item_id = ?',
      bindings: [
        ...[item.status, item.completed_by, item.completed_time_ms, item.last_update_time_ms],
        ...[queue, item.item_id],
      ],
    });
  }
}
