import type { Database, Reader, Transaction } from '../../platform/db/database.js';
import {
  fullName,
  fullNameOf,
  isNamedHere,
  shortName,
  type Workspaced,
} from '../../platform/db/workspace.js';
import type { Scope } from '../../platform/http/scope.js';

/** That somebody may promote versions of one model without approvals, for minutes. */
export interface StoredGrant {
  readonly key: number;
  readonly id: string;
  readonly model: string;
  readonly principal: string;
  readonly reason: string;
  readonly ticket: string;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly usedAt: number | null;
  readonly reviewDueAt: number | null;
  readonly reviewer: string | null;
  readonly review: string | null;
  readonly reviewedAt: number | null;
}

/** How a version stands, where that is not as it should. */
const STATUS_TAG = 'gov.status';

const COLUMNS =
  'g.id as key, g.grant_id as id, g.model_name as model, g.principal, g.reason, g.ticket, ' +
  'g.creation_timestamp as "createdAt", g.expiration_timestamp as "expiresAt", ' +
  'g.used_timestamp as "usedAt", g.review_due_timestamp as "reviewDueAt", g.reviewer, g.review, ' +
  'g.reviewed_timestamp as "reviewedAt"';
const FROM = 'from break_glass_grants g';

/** SQL of the grants of break-glass and their reviews. */
export class BreakGlassStore {
  readonly #database: Workspaced;

  constructor(database: Workspaced) {
    this.#database = database;
  }

  async find(reader: Reader, id: string): Promise<StoredGrant | undefined> {
    const sql = `select ${COLUMNS} ${FROM} where grant_id = ? and ${isNamedHere(this.#database, 'g.model_name')}`;
    return toGrant(await reader.first<StoredGrant>({ sql, bindings: [id] }));
  }

  /** @returns the grant of somebody for a model that lasts longest, if one is in force */
  async inForce(
    reader: Reader,
    model: string,
    principal: string,
    now: number,
  ): Promise<StoredGrant | undefined> {
    const row = await reader.first<StoredGrant>({
      sql:
        `select ${COLUMNS} ${FROM} where model_name = ? and principal = ? and expiration_timestamp > ? ` +
        'order by expiration_timestamp desc, id desc limit 1',
      bindings: [fullName(this.#database, model), principal, now],
    });
    return toGrant(row);
  }

  /** @returns a page of grants for models that the caller may read, the newest first */
  async page(
    { sql, read }: Pick<Database, 'sql' | 'read'>,
    { before, limit, scope }: { before: number; limit: number; scope: Scope },
  ): Promise<StoredGrant[]> {
    const query = sql('break_glass_grants as g')
      .joinRaw(`left join registered_models m on ${fullNameOf('m')} = g.model_name`)
      .select(sql.raw(COLUMNS))
      .where('g.id', '<', before)
      .whereRaw(isNamedHere(this.#database, 'g.model_name'))
      .orderBy('g.id', 'desc')
      .limit(limit);
    scope.models(query, { id: 'm.id', name: 'm.name' });
    return (await read.all<StoredGrant>(query)).map(named);
  }

  async insert(
    tx: Transaction,
    { id, model, principal, reason, ticket, createdAt, expiresAt }: Omit<StoredGrant, 'key'>,
  ): Promise<void> {
    await tx.run({
      sql:
        'insert into break_glass_grants (grant_id, model_name, principal, reason, ticket, ' +
        'creation_timestamp, expiration_timestamp) values (?, ?, ?, ?, ?, ?, ?)',
      bindings: [
        ...[id, fullName(this.#database, model), principal, reason, ticket],
        ...[createdAt, expiresAt],
      ],
    });
  }

  /** Each use has to be looked at: one after a review opens it again. */
  async use(tx: Transaction, id: string, now: number, dueAt: number): Promise<void> {
    await tx.run({
      sql:
        'update break_glass_grants set used_timestamp = coalesce(used_timestamp, ?), ' +
        'review_due_timestamp = coalesce(review_due_timestamp, ?), reviewer = null, ' +
        'review = null, reviewed_timestamp = null, alarm_timestamp = null where grant_id = ?',
      bindings: [now, dueAt, id],
    });
  }

  /** Notes which version was promoted by a grant. */
  async usedFor(tx: Transaction, id: string, model: number, version: number): Promise<void> {
    await tx.run({
      sql:
        'insert into break_glass_uses (grant_id, model, version) values (?, ?, ?) ' +
        'on conflict do nothing',
      bindings: [id, model, version],
    });
  }

  /** @returns grants that nobody has looked at in time, and that no alarm was raised of */
  async overdue(reader: Reader, now: number): Promise<StoredGrant[]> {
    const rows = await reader.all<StoredGrant>({
      sql:
        `select ${COLUMNS} ${FROM} where review_due_timestamp <= ? and reviewer is null ` +
        `and alarm_timestamp is null and ${isNamedHere(this.#database, 'g.model_name')} ` +
        'order by id limit 100',
      bindings: [now],
    });
    return rows.map(named);
  }

  /** @returns false where another server was faster */
  async raiseAlarm(tx: Transaction, id: string, now: number): Promise<boolean> {
    const sql =
      'update break_glass_grants set alarm_timestamp = ? ' +
      'where grant_id = ? and reviewer is null and alarm_timestamp is null';
    return (await tx.run({ sql, bindings: [now, id] })) > 0;
  }

  /** Marks the versions that were promoted by a grant; the mark goes with the review. */
  async mark(tx: Transaction, id: string, status: string): Promise<void> {
    await tx.run({
      sql:
        'insert into model_version_tags (model, version, key, value) ' +
        `select u.model, u.version, '${STATUS_TAG}', ? from break_glass_uses u ` +
        'join model_versions v on v.model = u.model and v.version = u.version ' +
        'where u.grant_id = ? on conflict (model, version, key) do nothing',
      bindings: [status, id],
    });
  }

  async unmark(tx: Transaction, id: string, status: string): Promise<void> {
    await tx.run({
      sql:
        `delete from model_version_tags where key = '${STATUS_TAG}' and value = ? ` +
        'and exists (select 1 from break_glass_uses u where u.grant_id = ? ' +
        'and u.model = model_version_tags.model and u.version = model_version_tags.version)',
      bindings: [status, id],
    });
  }

  async close(
    tx: Transaction,
    id: string,
    reviewer: string,
    review: string,
    now: number,
  ): Promise<boolean> {
    const changed = await tx.run({
      sql:
        'update break_glass_grants set reviewer = ?, review = ?, reviewed_timestamp = ? ' +
        'where grant_id = ? and reviewer is null',
      bindings: [reviewer, review, now, id],
    });
    return changed > 0;
  }
}

const named = (row: StoredGrant): StoredGrant => ({ ...row, model: shortName(row.model) });

const toGrant = (row: StoredGrant | undefined): StoredGrant | undefined => row && named(row);
