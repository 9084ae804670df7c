import { randomUUID } from 'node:crypto';
import type { GovernanceEvent } from '../governance/events/governance-events.js';
import type { Database, Reader, Transaction } from '../platform/db/database.js';
import { isHere } from '../platform/db/workspace.js';
import type { Scope } from '../platform/http/scope.js';

/** Something that somebody has to look at, or has looked at; times in ms since the epoch. */
export interface StoredAlert {
  readonly key: number;
  readonly id: string;
  readonly kind: string;
  readonly model: string | null;
  readonly version: number | null;
  readonly actor: string | null;
  readonly summary: string;
  readonly details: string;
  readonly occurrences: number;
  readonly createdAt: number;
  readonly lastAt: number;
  readonly acknowledgedBy: string | null;
  readonly acknowledgedAt: number | null;
  readonly note: string | null;
}

export interface AlertQuery {
  readonly kind?: string | undefined;
  readonly model?: string | undefined;
  /** Whether somebody has looked at it. */
  readonly acknowledged?: boolean | undefined;
  readonly before: number;
  readonly limit: number;
  readonly scope: Scope;
}

const COLUMNS =
  'a.id as key, a.alert_id as id, a.kind, a.model, a.version, a.actor, a.summary, a.details, ' +
  'a.occurrences, a.creation_timestamp as "createdAt", a.last_timestamp as "lastAt", ' +
  'a.acknowledged_by as "acknowledgedBy", a.acknowledged_timestamp as "acknowledgedAt", a.note';

/** SQL of alerts. */
export class AlertStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async find(reader: Reader, id: string): Promise<StoredAlert | undefined> {
    const sql = `select ${COLUMNS} from governance_alerts a where a.alert_id = ? and ${isHere(this.#database, 'a')}`;
    return reader.first<StoredAlert>({ sql, bindings: [id] });
  }

  /** @returns a page of the alerts that the caller may see, the newest first */
  page({ kind, model, acknowledged, before, limit, scope }: AlertQuery): Promise<StoredAlert[]> {
    const { sql } = this.#database;
    const query = sql('governance_alerts as a')
      .leftJoin('registered_models as m', { 'm.name': 'a.model', 'm.workspace': 'a.workspace' })
      .select(sql.raw(COLUMNS))
      .where('a.id', '<', before)
      .where('a.workspace', this.#database.workspace)
      .orderBy('a.id', 'desc')
      .limit(limit);
    if (kind !== undefined) query.where('a.kind', kind);
    if (model !== undefined) query.where('a.model', model);
    if (acknowledged === true) query.whereNotNull('a.acknowledged_by');
    if (acknowledged === false) query.whereNull('a.acknowledged_by');
    scope.models(query, { id: 'm.id', name: 'm.name' });
    return this.#database.scan.all<StoredAlert>(query);
  }

  /** @returns whether there was ever the same */
  async isKnown(reader: Reader, sameness: string): Promise<boolean> {
    const sql = 'select id from governance_alerts where sameness = ? limit 1';
    return (await reader.first({ sql, bindings: [sameness] })) !== undefined;
  }

  /** @returns whether there was the same since a time; it is then counted there */
  async countAgain(
    tx: Transaction,
    sameness: string,
    since: number,
    now: number,
  ): Promise<boolean> {
    const changed = await tx.run({
      sql:
        'update governance_alerts set occurrences = occurrences + 1, last_timestamp = ? ' +
        'where id = (select id from governance_alerts where sameness = ? order by id desc limit 1) ' +
        'and creation_timestamp > ?',
      bindings: [now, sameness, since],
    });
    return changed > 0;
  }

  async insert(
    tx: Transaction,
    { kind, model, version, actor, summary, data = {} }: GovernanceEvent,
    sameness: string,
    now: number,
  ): Promise<void> {
    await tx.send({
      sql:
        'insert into governance_alerts (workspace, alert_id, kind, model, version, actor, summary, details, ' +
        'sameness, occurrences, creation_timestamp, last_timestamp) ' +
        'values (?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?)',
      joins: 'around',
      bindings: [
        ...[
          this.#database.workspace,
          randomUUID(),
          kind,
          model ?? null,
          version ?? null,
          actor ?? null,
          summary,
        ],
        ...[JSON.stringify(data), sameness, now, now],
      ],
    });
  }

  /** @returns whether nobody had before */
  async acknowledge(
    tx: Transaction,
    id: string,
    by: string,
    note: string,
    now: number,
  ): Promise<boolean> {
    const changed = await tx.run({
      sql:
        'update governance_alerts set acknowledged_by = ?, note = ?, acknowledged_timestamp = ? ' +
        'where alert_id = ? and acknowledged_by is null',
      bindings: [by, note, now, id],
    });
    return changed > 0;
  }
}
