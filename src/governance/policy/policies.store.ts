import type { Reader, Transaction } from '../../platform/db/database.js';

/** A policy as it was put in force. */
export interface StoredPolicy {
  readonly id: number;
  readonly digest: string;
  /** YAML with all defaults filled in. */
  readonly document: string;
  /** `api`, or `file` for the one that the server was started with. */
  readonly source: string;
  readonly createdBy: string;
  readonly createdAt: number;
}

const COLUMNS =
  'id, digest, document, source, created_by as "createdBy", creation_timestamp as "createdAt"';

/** SQL of the policies. They are added and never changed: the newest is in force. */
export class PolicyStore {
  newest(reader: Reader): Promise<StoredPolicy | undefined> {
    const sql = `select ${COLUMNS} from governance_policies order by id desc limit 1`;
    return reader.first<StoredPolicy>({ sql, bindings: [] });
  }

  /** @returns the key of the one that is in force: whoever knows it need not read it again */
  async newestKey(reader: Reader): Promise<number | undefined> {
    const sql = 'select max(id) as id from governance_policies';
    return (await reader.first<{ id: number | null }>({ sql, bindings: [] }))?.id ?? undefined;
  }

  /** @returns the last that came from a file, which is added again only when it has changed */
  newestOfFiles(reader: Reader): Promise<StoredPolicy | undefined> {
    const sql = `select ${COLUMNS} from governance_policies where source = 'file' order by id desc limit 1`;
    return reader.first<StoredPolicy>({ sql, bindings: [] });
  }

  /** @returns those before one, the newest first */
  before(reader: Reader, id: number, limit: number): Promise<StoredPolicy[]> {
    return reader.all<StoredPolicy>({
      sql: `select ${COLUMNS} from governance_policies where id < ? order by id desc limit ?`,
      bindings: [id, limit],
    });
  }

  async insert(tx: Transaction, policy: Omit<StoredPolicy, 'id'>): Promise<void> {
    const { digest, document, source, createdBy, createdAt } = policy;
    await tx.run({
      sql:
        'insert into governance_policies (digest, document, source, created_by, ' +
        'creation_timestamp) values (?, ?, ?, ?, ?)',
      bindings: [digest, document, source, createdBy, createdAt],
    });
  }
}
