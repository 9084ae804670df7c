import type { Database, Reader, Transaction } from '../../platform/db/database.js';
import { keysetAfter, type SortColumn } from '../../platform/filter/keyset.js';
import { decodePageToken, nextPage } from '../../platform/filter/page-token.js';
import type { StoredRecord } from './records.js';

export interface RecordPage {
  readonly rows: readonly StoredRecord[];
  /** Leads to the next page; absent on the last. */
  readonly token: string | undefined;
}

/** The table and its columns, for whoever inserts many. */
export const RECORDS = {
  table: 'evaluation_dataset_records',
  columns: {
    dataset: 'bigint',
    dataset_record_id: 'text',
    input_hash: 'text',
    inputs: 'text',
    outputs: 'text',
    expectations: 'text',
    tags: 'text',
    source: 'text',
    source_id: 'text',
    source_type: 'text',
    created_time: 'bigint',
    last_update_time: 'bigint',
    created_by: 'text',
    last_updated_by: 'text',
  },
  conflict:
    'on conflict (dataset, input_hash) do update set outputs = excluded.outputs, ' +
    'expectations = excluded.expectations, tags = excluded.tags, ' +
    'last_update_time = excluded.last_update_time, last_updated_by = excluded.last_updated_by',
} as const;

const COLUMNS = Object.keys(RECORDS.columns).filter((name) => name !== 'dataset');
const SELECT = `select ${COLUMNS.join(', ')} from evaluation_dataset_records`;

/** The oldest first. */
const ORDER: readonly SortColumn[] = [
  { name: 'created_time', type: 'integer' as const },
  { name: 'dataset_record_id', type: 'text' as const },
].map((part) => ({ ...part, sql: part.name, bindings: [], ascending: true, nullable: false }));

/** SQL of the records of evaluation datasets. */
export class RecordStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** @throws MlflowError 400 for a page token that is broken, or of another dataset */
  async page(dataset: number, size: number, pageToken: string | undefined): Promise<RecordPage> {
    const query = { dataset };
    const position = decodePageToken(pageToken, query, ORDER);
    const after = position !== undefined && 'after' in position ? position.after : undefined;
    const behind = after && keysetAfter(ORDER, after);
    const rows = await this.#database.scan.all<StoredRecord & Record<string, unknown>>({
      sql:
        `${SELECT} where dataset = ?${behind ? ` and ${behind.sql}` : ''} ` +
        'order by created_time, dataset_record_id limit ?',
      bindings: [dataset, ...(behind?.bindings ?? []), size + 1],
    });
    return nextPage(rows, size, ORDER, query, position);
  }

  /** @returns the records whose inputs have these hashes */
  withHashes(
    reader: Reader,
    dataset: number,
    hashes: readonly string[],
  ): Promise<readonly StoredRecord[]> {
    const given = this.#database.dialect.isOneOfText('input_hash', hashes);
    return reader.all<StoredRecord>({
      sql: `${SELECT} where dataset = ? and ${given.sql}`,
      bindings: [dataset, ...given.bindings],
    });
  }

  /** Stores new records and changed ones; each hash may come once. */
  async save(tx: Transaction, dataset: number, records: readonly StoredRecord[]): Promise<void> {
    await tx.insert(
      RECORDS,
      records.map((record) => [
        ...[dataset, record.dataset_record_id, record.input_hash, record.inputs, record.outputs],
        ...[record.expectations, record.tags, record.source, record.source_id],
        ...[record.source_type, record.created_time, record.last_update_time],
        ...[record.created_by, record.last_updated_by],
      ]),
    );
  }

  /** @returns how many there were */
  delete(tx: Transaction, dataset: number, recordIds: readonly string[]): Promise<number> {
    const given = this.#database.dialect.isOneOfText('dataset_record_id', recordIds);
    return tx.run({
      sql: `delete from evaluation_dataset_records where dataset = ? and ${given.sql}`,
      bindings: [dataset, ...given.bindings],
    });
  }
}
