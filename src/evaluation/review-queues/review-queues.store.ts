import type { Database, Reader, Transaction } from '../../platform/db/database.js';
import { keysetAfter, type SortColumn } from '../../platform/filter/keyset.js';
import { decodePageToken, nextPage } from '../../platform/filter/page-token.js';
import { addWhere } from '../../platform/filter/storage.js';
import { nameKey, type ReviewQueue } from './review-queues.js';

/** The columns, for whoever inserts many. */
export const QUEUE_COLUMNS = {
  queue_id: 'text',
  experiment_id: 'bigint',
  name: 'text',
  name_key: 'text',
  queue_type: 'text',
  created_by: 'text',
  creation_time_ms: 'bigint',
  last_update_time_ms: 'bigint',
} as const;

const COLUMNS = Object.keys(QUEUE_COLUMNS);
const USERS = {
  table: 'review_queue_users',
  columns: { queue: 'bigint', user_id: 'text' },
  conflict: 'on conflict do nothing',
} as const;
const SCHEMAS = {
  table: 'review_queue_label_schemas',
  columns: { queue: 'bigint', schema_id: 'text' },
  conflict: 'on conflict do nothing',
} as const;

/** A queue with the key of its row. */
export interface StoredQueue extends ReviewQueue {
  readonly id: number;
}

type Row = Omit<StoredQueue, 'users' | 'schema_ids'> & {
  /** JSON. */
  readonly users: string;
  readonly schema_ids: string;
};

/** Which queues of an experiment are listed. */
export interface QueueQuery {
  readonly experiment: number;
  /** Those of this user alone. */
  readonly user: string | undefined;
  /** Those that have this item alone. */
  readonly item: string | undefined;
  /** Those that this user has made or is assigned to alone. */
  readonly seenBy: string | undefined;
}

/** The newest first. */
const ORDER: readonly SortColumn[] = [
  { name: 'creation_time_ms', sql: 'q.creation_time_ms' },
  { name: 'id', sql: 'q.id' },
].map((part) => ({ ...part, bindings: [], type: 'integer', ascending: false, nullable: false }));

const HAS_USER =
  'exists (select 1 from review_queue_users u where u.queue = q.id and u.user_id = ?)';
const HAS_ITEM =
  'exists (select 1 from review_queue_items i where i.queue = q.id and i.item_id = ?)';

/** SQL of review queues, their users and their schemas. */
export class ReviewQueueStore {
  readonly #database: Database;
  readonly #columns: string;

  constructor(database: Database) {
    this.#database = database;
    const { dialect } = database;
    const users = dialect.jsonObjects(
      ...([{ is: 'u.user_id' }, 'review_queue_users u where u.queue = q.id'] as const),
      'u.user_id',
    );
    const schemas = dialect.jsonObjects(
      ...([{ is: 's.schema_id' }, 'review_queue_label_schemas s where s.queue = q.id'] as const),
      's.schema_id',
    );
    const own = ['id', ...COLUMNS].map((name) => `q.${name}`).join(', ');
    this.#columns = `${own}, ${users} as users, ${schemas} as schema_ids`;
  }

  find(reader: Reader, queueId: string): Promise<StoredQueue | undefined> {
    return this.#first(reader, 'q.queue_id = ?', [queueId]);
  }

  named(reader: Reader, experiment: number, name: string): Promise<StoredQueue | undefined> {
    return this.#first(reader, 'q.experiment_id = ? and q.name_key = ?', [
      experiment,
      name.toLowerCase(),
    ]);
  }

  /** Holds a queue until the transaction ends. */
  async lock(tx: Transaction, queueId: string): Promise<StoredQueue | undefined> {
    const sql = `select id from review_queues where queue_id = ?${this.#database.dialect.forUpdate}`;
    const row = await tx.first({ sql, bindings: [queueId] });
    return row === undefined ? undefined : this.find(tx, queueId);
  }

  /** @throws MlflowError 400 for a page token that is broken, or of another list */
  async page(
    query: QueueQuery,
    size: number,
    pageToken: string | undefined,
  ): Promise<{ readonly queues: ReviewQueue[]; readonly token: string | undefined }> {
    const { sql, scan } = this.#database;
    const rows = sql('review_queues as q')
      .select(sql.raw(this.#columns))
      .where('q.experiment_id', query.experiment)
      .orderByRaw('q.creation_time_ms desc, q.id desc')
      .limit(size + 1);
    const { user, item, seenBy } = query;
    if (user !== undefined) rows.whereRaw(HAS_USER, [nameKey(user)]);
    if (item !== undefined) rows.whereRaw(HAS_ITEM, [item]);
    if (seenBy !== undefined) {
      rows.whereRaw(`(q.created_by = ? or ${HAS_USER})`, [seenBy, nameKey(seenBy)]);
    }
    const position = decodePageToken(pageToken, { ...query }, ORDER);
    if (position !== undefined && 'after' in position) {
      addWhere(rows, keysetAfter(ORDER, position.after));
    }
    const found = await scan.all<Row & Record<string, unknown>>(rows);
    const page = nextPage(found, size, ORDER, { ...query }, position);
    return { queues: page.rows.map(toQueue), token: page.token };
  }

  /** @returns those of the schemas that the experiment has */
  async knownSchemas(
    reader: Reader,
    experiment: number,
    schemaIds: readonly string[],
  ): Promise<Set<string>> {
    const { sql, bindings } = this.#database.dialect.isOneOfText('schema_id', schemaIds);
    const rows = await reader.all<{ schema_id: string }>({
      sql: `select schema_id from label_schemas where experiment_id = ? and ${sql}`,
      bindings: [experiment, ...bindings],
    });
    return new Set(rows.map(({ schema_id }) => schema_id));
  }

  /** @returns whether the name was free */
  async insert(tx: Transaction, queue: ReviewQueue): Promise<boolean> {
    const row = await tx.first<{ id: number }>({
      sql:
        `insert into review_queues (${COLUMNS.join(', ')}) ` +
        `values (${COLUMNS.map(() => '?').join(', ')}) ` +
        'on conflict (experiment_id, name_key) do nothing returning id',
      bindings: [
        ...[queue.queue_id, queue.experiment_id, queue.name, nameKey(queue.name)],
        ...[queue.queue_type, queue.created_by],
        ...[queue.creation_time_ms, queue.last_update_time_ms],
      ],
    });
    if (row === undefined) return false;
    await this.setUsers(tx, row.id, queue.users);
    await this.setSchemas(tx, row.id, queue.schema_ids);
    return true;
  }

  async update(
    tx: Transaction,
    { id, name, created_by, last_update_time_ms }: Omit<StoredQueue, 'users' | 'schema_ids'>,
  ): Promise<void> {
    await tx.run({
      sql:
        'update review_queues set name = ?, name_key = ?, created_by = ?, ' +
        'last_update_time_ms = ? where id = ?',
      bindings: [name, nameKey(name), created_by, last_update_time_ms, id],
    });
  }

  /** They take the place of those that were there. */
  async setUsers(tx: Transaction, queue: number, users: readonly string[]): Promise<void> {
    await tx.run({ sql: 'delete from review_queue_users where queue = ?', bindings: [queue] });
    await tx.insert(
      USERS,
      users.map((user) => [queue, user]),
    );
  }

  /** They take the place of those that were there. */
  async setSchemas(tx: Transaction, queue: number, schemaIds: readonly string[]): Promise<void> {
    const sql = 'delete from review_queue_label_schemas where queue = ?';
    await tx.run({ sql, bindings: [queue] });
    await tx.insert(
      SCHEMAS,
      schemaIds.map((schema) => [queue, schema]),
    );
  }

  /** Deletes a queue with all that is in it. */
  async delete(tx: Transaction, queue: number): Promise<void> {
    await tx.run({ sql: 'delete from review_queues where id = ?', bindings: [queue] });
  }

  async #first(reader: Reader, where: string, bindings: (string | number)[]) {
    const sql = `select ${this.#columns} from review_queues q where ${where}`;
    const row = await reader.first<Row>({ sql, bindings });
    return row && toQueue(row);
  }
}

const listed = (json: string): string[] =>
  (JSON.parse(json) as { is: string }[]).map(({ is }) => is);

const toQueue = (row: Row): StoredQueue => ({
  id: row.id,
  queue_id: row.queue_id,
  experiment_id: row.experiment_id,
  name: row.name,
  queue_type: row.queue_type,
  created_by: row.created_by,
  creation_time_ms: row.creation_time_ms,
  last_update_time_ms: row.last_update_time_ms,
  users: listed(row.users),
  schema_ids: listed(row.schema_ids),
});
