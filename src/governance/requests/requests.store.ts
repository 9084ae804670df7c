import type { Database, Reader, Transaction } from '../../platform/db/database.js';
import { isHere } from '../../platform/db/workspace.js';
import type { Scope } from '../../platform/http/scope.js';
import type { ApprovalFacts, Pins, RequestFacts } from '../evaluate/facts.js';

export type RequestStatus = 'open' | 'approved' | 'rejected' | 'cancelled' | 'expired';

/** A request that somebody else agrees to a promotion. */
export interface StoredRequest {
  readonly key: number;
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly target: string;
  readonly creator: string;
  readonly comment: string;
  readonly status: RequestStatus;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly updatedAt: number;
  readonly closedBy: string | null;
}

export interface StoredApproval extends ApprovalFacts {
  readonly request: string | null;
  readonly target: string;
  readonly comment: string;
  readonly dismissedAt: number | null;
}

interface ApprovalRow {
  readonly id: number;
  readonly request: string | null;
  readonly target: string;
  readonly approver: string;
  readonly roles: string;
  readonly artifacts: string;
  readonly card: string;
  readonly profile: string;
  readonly comment: string;
  readonly at: number;
  readonly dismissedAt: number | null;
}

const REQUEST =
  'r.id as key, r.request_id as id, m.name, r.version, r.target, r.creator, r.comment, r.status, ' +
  'r.creation_timestamp as "createdAt", r.expiration_timestamp as "expiresAt", ' +
  'r.last_updated_timestamp as "updatedAt", r.closed_by as "closedBy" ' +
  'from promotion_requests r join registered_models m on m.id = r.model';
const APPROVAL =
  'a.id, a.request_id as request, a.target, a.approver, a.roles, a.artifacts_digest as artifacts, ' +
  'a.card_digest as card, a.profile_digest as profile, a.comment, a.creation_timestamp as at, ' +
  'a.dismissed_timestamp as "dismissedAt" from promotion_approvals a';

/** SQL of requests and of approvals with what they pin. */
export class RequestStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  find(reader: Reader, id: string): Promise<StoredRequest | undefined> {
    const sql = `select ${REQUEST} where r.request_id = ? and ${isHere(this.#database, 'm')}`;
    return reader.first<StoredRequest>({ sql, bindings: [id] });
  }

  /** @returns the requests for a version, with the approvals that still count */
  async openOf(reader: Reader, model: number, version: number): Promise<RequestFacts[]> {
    const requests = await reader.all<StoredRequest>({
      sql: `select ${REQUEST} where r.model = ? and r.version = ? and r.status = 'open' order by r.id`,
      bindings: [model, version],
    });
    const approvals = await this.approvalsOf(
      reader,
      requests.map(({ id }) => id),
    );
    return requests.map(({ id, target, creator, createdAt }) => ({
      ...{ id, target, creator, createdAt },
      approvals: approvals.filter(
        ({ request, dismissedAt }) => request === id && dismissedAt === null,
      ),
    }));
  }

  async approvalsOf(reader: Reader, requests: readonly string[]): Promise<StoredApproval[]> {
    if (requests.length === 0) return [];
    const among = this.#database.dialect.isOneOfText('a.request_id', requests);
    const rows = await reader.all<ApprovalRow>({
      sql: `select ${APPROVAL} where ${among.sql} order by a.id`,
      bindings: among.bindings,
    });
    return rows.map(toApproval);
  }

  /** @returns the targets that a version was approved for, by requests or directly */
  async approvedFor(reader: Reader, model: number, version: number): Promise<string[]> {
    const rows = await reader.all<{ target: string }>({
      sql:
        'select target from promotion_requests where model = ? and version = ? ' +
        "and status = 'approved' union select target from promotion_approvals " +
        'where model = ? and version = ? and request_id is null',
      bindings: [model, version, model, version],
    });
    return rows.map(({ target }) => target);
  }

  /** @returns a page of requests for models that the caller may read, the newest first */
  async page(
    reader: Reader,
    asked: {
      readonly status: RequestStatus | undefined;
      readonly name: string | undefined;
      readonly before: number;
      readonly now: number;
      readonly limit: number;
      readonly scope: Scope;
    },
  ): Promise<StoredRequest[]> {
    const { status, name, before, now, limit, scope } = asked;
    const query = this.#database
      .sql('promotion_requests as r')
      .join('registered_models as m', 'm.id', 'r.model')
      .select('r.id')
      .where('r.id', '<', before)
      .where('m.workspace', this.#database.workspace)
      .orderBy('r.id', 'desc')
      .limit(limit);
    if (status === 'open') query.where({ status }).andWhere('r.expiration_timestamp', '>', now);
    else if (status === 'expired') {
      query.whereRaw(
        "(r.status = 'expired' or (r.status = 'open' and r.expiration_timestamp <= ?))",
        [now],
      );
    } else if (status !== undefined) query.where({ status });
    if (name !== undefined) query.where('m.name', name);
    scope.models(query, { id: 'm.id', name: 'm.name' });
    const keys = await reader.all<{ id: number }>(query);
    if (keys.length === 0) return [];
    const among = this.#database.dialect.isOneOf(
      'r.id',
      keys.map(({ id }) => id),
    );
    return reader.all<StoredRequest>({
      sql: `select ${REQUEST} where ${among.sql} order by r.id desc`,
      bindings: among.bindings,
    });
  }

  /** Opens a request unless the creator has an open one. @returns its id, and whether it is new */
  async open(
    tx: Transaction,
    request: {
      readonly id: string;
      readonly model: number;
      readonly version: number;
      readonly target: string;
      readonly creator: string;
      readonly comment: string;
      readonly now: number;
      readonly expiresAt: number;
    },
  ): Promise<{ readonly id: string; readonly isNew: boolean }> {
    const { id, model, version, target, creator, comment, now, expiresAt } = request;
    const key = [model, version, target, creator];
    const inserted = await tx.run({
      sql:
        'insert into promotion_requests (request_id, model, version, target, creator, comment, ' +
        'status, creation_timestamp, expiration_timestamp, last_updated_timestamp) ' +
        "values (?, ?, ?, ?, ?, ?, 'open', ?, ?, ?) on conflict do nothing",
      bindings: [id, ...key, comment, now, expiresAt, now],
    });
    if (inserted > 0) return { id, isNew: true };
    const found = await tx.first<{ id: string }>({
      sql:
        'select request_id as id from promotion_requests ' +
        "where model = ? and version = ? and target = ? and creator = ? and status = 'open'",
      bindings: key,
    });
    return { id: found?.id ?? id, isNew: false };
  }

  /** @returns whether it was open */
  async close(
    tx: Transaction,
    id: string,
    status: Exclude<RequestStatus, 'open'>,
    by: string,
    now: number,
  ): Promise<boolean> {
    const changed = await tx.run({
      sql:
        'update promotion_requests set status = ?, closed_by = ?, last_updated_timestamp = ? ' +
        "where request_id = ? and status = 'open'",
      bindings: [status, by, now, id],
    });
    return changed > 0;
  }

  async approve(
    tx: Transaction,
    approval: {
      readonly request: string | undefined;
      readonly model: number;
      readonly version: number;
      readonly target: string;
      readonly approver: string;
      readonly roles: readonly string[];
      readonly pins: Pins;
      readonly comment: string;
      readonly now: number;
    },
  ): Promise<void> {
    const { request, model, version, target, approver, roles, pins, comment, now } = approval;
    await tx.run({
      sql:
        'insert into promotion_approvals (request_id, model, version, target, approver, roles, ' +
        'artifacts_digest, card_digest, profile_digest, comment, creation_timestamp) ' +
        'values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
      bindings: [
        ...[request ?? null, model, version, target, approver, JSON.stringify(roles)],
        ...[pins.artifacts, pins.card, pins.profile, comment, now],
      ],
    });
  }

  async dismiss(tx: Transaction, approvals: readonly string[], now: number): Promise<void> {
    for (const id of approvals) {
      await tx.run({
        sql: 'update promotion_approvals set dismissed_timestamp = ? where id = ?',
        bindings: [now, Number(id)],
      });
    }
  }
}

const toApproval = (row: ApprovalRow): StoredApproval => {
  const roles = JSON.parse(row.roles) as string[];
  return {
    ...{ id: String(row.id), request: row.request, target: row.target, approver: row.approver },
    ...{ roles, teams: roles, at: row.at, comment: row.comment, dismissedAt: row.dismissedAt },
    pins: { artifacts: row.artifacts, card: row.card, profile: row.profile },
  };
};
