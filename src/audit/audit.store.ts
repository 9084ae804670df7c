import type { BulkRow, Database, Query, Reader, Transaction } from '../platform/db/database.js';
import { keysetAfter, type SortColumn } from '../platform/filter/keyset.js';
import { decodePageToken, nextPage } from '../platform/filter/page-token.js';
import type { AuditRow, Head } from './entries.js';
import { append, type Hash, type Place } from './merkle.js';

/** The end of the log, and what it takes to append to its tree. */
export interface TreeHead extends Head {
  readonly frontier: readonly Hash[];
  /** The same in hex. */
  readonly hexes: readonly string[];
}

export interface StoredCheckpoint {
  readonly size: number;
  readonly ts: number;
  /** Hex. */
  readonly root: string;
  readonly note: string;
}

/** What is looked for; what is undefined is left open. */
export interface AuditQuery {
  readonly actor: string | undefined;
  readonly action: string | undefined;
  readonly object_kind: string | undefined;
  readonly object_id: string | undefined;
  readonly decision: string | undefined;
  readonly request_id: string | undefined;
  readonly from: number | undefined;
  readonly to: number | undefined;
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  /** Leads to the next page; absent on the last. */
  readonly token: string | undefined;
}

const NODES = {
  table: 'audit_nodes',
  columns: { level: 'smallint', position: 'bigint', hash: 'text' },
  joins: 'around',
} as const;

const COLUMNS = [
  ...['seq', 'ts', 'actor', 'method', 'address', 'user_agent', 'action', 'object_kind'],
  ...['object_id', 'decision', 'reason', 'request_id', 'policy_version', 'prev_hash'],
  ...['leaf_hash', 'entry'],
] as const;

const LOG = {
  table: 'audit_log',
  columns: Object.fromEntries(
    COLUMNS.map((name) => [name, name === 'seq' || name === 'ts' ? 'bigint' : 'text'] as const),
  ),
  // The head, which each append moves, is behind it.
  joins: 'behind',
} as const;

/** The newest first. */
const ORDER: readonly SortColumn[] = [
  { sql: 'l.seq', bindings: [], name: 'seq', type: 'integer', ascending: false, nullable: false },
];

/** Compares a column with what is asked for; the names are those of {@link AuditQuery}. */
const CONDITIONS: Readonly<Record<keyof AuditQuery, string>> = {
  actor: 'l.actor = ?',
  action: 'l.action = ?',
  object_kind: 'l.object_kind = ?',
  object_id: 'l.object_id = ?',
  decision: 'l.decision = ?',
  request_id: 'l.request_id = ?',
  from: 'l.ts >= ?',
  to: 'l.ts <= ?',
};

const EMPTY = { text: '[]', frontier: [], hexes: [] } as const;

/** The end of the log where this transaction has moved it: nobody else moves it before it ends. */
const HELD = new WeakMap<Transaction, TreeHead>();

/** SQL of the audit log. Nothing here changes or deletes an entry. */
export class AuditStore {
  readonly #database: Database;
  /** As it was stored or read last: most often that is what is read next. */
  #seen: Pick<TreeHead, 'frontier' | 'hexes'> & { readonly text: string } = EMPTY;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Holds the end of the log until the transaction ends: entries come one after the other. */
  async lockHead(tx: Transaction): Promise<TreeHead> {
    return HELD.get(tx) ?? this.#head(tx, this.#database.dialect.forUpdate);
  }

  head(reader: Reader): Promise<TreeHead> {
    return this.#head(reader, '');
  }

  async #head(reader: Reader, lock: string): Promise<TreeHead> {
    const row = await reader.first<{ size: number; leaf_hash: string; frontier: string }>({
      sql: `select size, leaf_hash, frontier from audit_head where id = 1${lock}`,
      bindings: [],
    });
    if (row === undefined) throw new Error('The audit log has no head');
    if (row.frontier !== this.#seen.text) {
      const hexes = JSON.parse(row.frontier) as string[];
      const frontier = hexes.map((hex) => Buffer.from(hex, 'hex'));
      this.#seen = { text: row.frontier, frontier, hexes };
    }
    const { frontier, hexes } = this.#seen;
    return { size: row.size, leafHash: row.leaf_hash, frontier, hexes };
  }

  append(tx: Transaction, head: TreeHead, row: AuditRow): Promise<void> {
    return this.appendAll(tx, head, [row]);
  }

  /** @param rows one after the other, the first of them after the head */
  async appendAll(tx: Transaction, head: TreeHead, rows: readonly AuditRow[]): Promise<void> {
    const last = rows.at(-1);
    if (last === undefined) return;
    let { frontier } = head;
    const nodes: BulkRow[] = [];
    for (const { seq, leaf_hash } of rows) {
      const next = append(frontier, seq - 1, Buffer.from(leaf_hash, 'hex'));
      frontier = next.frontier;
      for (const { level, position, hash } of next.made) {
        nodes.push([level, position, hash.toString('hex')]);
      }
    }
    await tx.put(
      LOG,
      rows.map((row) => COLUMNS.map((name) => row[name])),
    );
    if (nodes.length > 0) await tx.put(NODES, nodes);
    const hexes = frontier.map((hash, index) =>
      hash === head.frontier[index] ? (head.hexes[index] ?? '') : hash.toString('hex'),
    );
    const text = JSON.stringify(hexes);
    await tx.send({
      sql: 'update audit_head set size = ?, leaf_hash = ?, frontier = ? where id = 1',
      joins: 'around',
      bindings: [last.seq, last.leaf_hash, text],
    });
    this.#seen = { text, frontier, hexes };
    HELD.set(tx, { size: last.seq, leafHash: last.leaf_hash, frontier, hexes });
  }

  /** @returns the roots of perfect subtrees, as many as there are */
  async nodes(reader: Reader, places: readonly Place[]): Promise<Map<string, Hash>> {
    const found = new Map<string, Hash>();
    if (places.length === 0) return found;
    const leaves = places.filter(({ level }) => level === 0);
    const inner = places.filter(({ level }) => level > 0);
    const rows = [
      ...(leaves.length === 0 ? [] : await reader.all<NodeRow>(leafQuery(leaves))),
      ...(inner.length === 0 ? [] : await reader.all<NodeRow>(innerQuery(inner))),
    ];
    for (const row of rows) found.set(placeKey(row), Buffer.from(row.hash, 'hex'));
    return found;
  }

  /** @returns a page of entries, the newest first */
  async page(
    query: AuditQuery,
    size: number,
    pageToken: string | undefined,
  ): Promise<Page<AuditRow>> {
    const parts = { list: 'audit', ...query };
    const position = decodePageToken(pageToken, parts, ORDER);
    const after = position !== undefined && 'after' in position ? position.after : undefined;
    const behind = after && keysetAfter(ORDER, after);
    const asked = (Object.keys(CONDITIONS) as (keyof AuditQuery)[]).flatMap((name) => {
      const value = query[name];
      return value === undefined ? [] : [{ sql: CONDITIONS[name], value }];
    });
    const where = [...asked.map(({ sql }) => sql), ...(behind ? [behind.sql] : [])];
    const rows = await this.#database.scan.all<AuditRow & Record<string, unknown>>({
      sql:
        `select ${COLUMNS.map((name) => `l.${name}`).join(', ')} from audit_log l` +
        `${where.length > 0 ? ` where ${where.join(' and ')}` : ''} order by l.seq desc limit ?`,
      bindings: [...asked.map(({ value }) => value), ...(behind?.bindings ?? []), size + 1],
    });
    return nextPage(rows, size, ORDER, parts, position);
  }

  /** @returns entries in their order, from the one after `after` to `to`, at most `limit` */
  rows(reader: Reader, after: number, to: number, limit: number): Promise<AuditRow[]> {
    return reader.all<AuditRow>({
      sql:
        `select ${COLUMNS.join(', ')} from audit_log where seq > ? and seq <= ? ` +
        'order by seq limit ?',
      bindings: [after, to, limit],
    });
  }

  /** @returns the hash of an entry in hex */
  async leaf(reader: Reader, seq: number): Promise<string | undefined> {
    const sql = 'select leaf_hash from audit_log where seq = ?';
    return (await reader.first<{ leaf_hash: string }>({ sql, bindings: [seq] }))?.leaf_hash;
  }

  /** Stores a checkpoint; there may be one of this size already. @returns whether it is new */
  async addCheckpoint(tx: Transaction, checkpoint: StoredCheckpoint): Promise<boolean> {
    const { size, ts, root, note } = checkpoint;
    const inserted = await tx.run({
      sql:
        'insert into audit_checkpoints (size, ts, root, note) values (?, ?, ?, ?) ' +
        'on conflict (size) do nothing',
      bindings: [size, ts, root, note],
    });
    return inserted > 0;
  }

  latestCheckpoint(reader: Reader): Promise<StoredCheckpoint | undefined> {
    return reader.first<StoredCheckpoint>({
      sql: 'select size, ts, root, note from audit_checkpoints order by size desc limit 1',
      bindings: [],
    });
  }

  checkpointOf(reader: Reader, size: number): Promise<StoredCheckpoint | undefined> {
    const sql = 'select size, ts, root, note from audit_checkpoints where size = ?';
    return reader.first<StoredCheckpoint>({ sql, bindings: [size] });
  }

  /** @returns checkpoints by their size, from the one after `after` to `to`, at most `limit` */
  checkpoints(
    reader: Reader,
    after: number,
    to: number,
    limit: number,
  ): Promise<StoredCheckpoint[]> {
    return reader.all<StoredCheckpoint>({
      sql:
        'select size, ts, root, note from audit_checkpoints where size > ? and size <= ? ' +
        'order by size limit ?',
      bindings: [after, to, limit],
    });
  }

  /** @returns the newest key of this log, encrypted */
  key(reader: Reader): Promise<StoredKey | undefined> {
    return reader.first<StoredKey>({
      sql:
        'select public_key, private_key from audit_keys ' +
        'order by creation_timestamp desc, public_key limit 1',
      bindings: [],
    });
  }

  async addKey(tx: Transaction, key: StoredKey, now: number): Promise<void> {
    await tx.send({
      sql: 'insert into audit_keys (public_key, private_key, creation_timestamp) values (?, ?, ?)',
      bindings: [key.public_key, key.private_key, now],
    });
  }
}

export interface StoredKey {
  readonly public_key: string;
  readonly private_key: string;
}

interface NodeRow extends Place {
  readonly hash: string;
}

export const placeKey = ({ level, position }: Place): string => `${level}/${position}`;

const leafQuery = (places: readonly Place[]): Query => ({
  sql:
    'select 0 as level, seq - 1 as position, leaf_hash as hash from audit_log ' +
    `where seq in (${places.map(() => '?').join(', ')})`,
  bindings: places.map(({ position }) => position + 1),
});

const innerQuery = (places: readonly Place[]): Query => ({
  sql:
    'select level, position, hash from audit_nodes where ' +
    places.map(() => '(level = ? and position = ?)').join(' or '),
  bindings: places.flatMap(({ level, position }) => [level, position]),
});
