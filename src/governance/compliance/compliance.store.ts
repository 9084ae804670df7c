import type { Reader } from '../../platform/db/database.js';
import { fullName, type Workspaced } from '../../platform/db/workspace.js';

/** Somebody's consent, with what it was given for. */
export interface ApprovalRecord {
  readonly target: string;
  readonly approver: string;
  readonly roles: readonly string[];
  readonly at: number;
  readonly comment: string;
  readonly artifactsDigest: string;
  readonly cardDigest: string;
  readonly isDismissed: boolean;
}

/** A stretch of time in a stage or under an alias. */
export interface LiveRecord {
  readonly target: string;
  readonly from: number;
  readonly enteredBy: string;
  readonly to: number | null;
  readonly leftBecause: string | null;
}

/** An entry of the audit log, without where its request came from. */
export interface AuditRecord {
  readonly seq: number;
  readonly at: number;
  readonly actor: string;
  readonly action: string;
  readonly decision: string;
  readonly policyVersion: string | null;
  readonly leafHash: string;
}

/** A grant of break-glass that was used on the model. */
export interface EmergencyRecord {
  readonly grant: string;
  readonly principal: string;
  readonly reason: string;
  readonly ticket: string;
  readonly usedAt: number;
  /** Until when somebody else has to have looked at it. */
  readonly dueAt: number | null;
  readonly reviewedBy: string | null;
  readonly reviewedAt: number | null;
}

/** A place in the audit log. */
export interface Moment {
  readonly seq: number;
  readonly ts: number;
}

/** A stretch of time in which a model had a name. */
export interface NamePeriod {
  readonly name: string;
  readonly from: Moment;
  readonly until: Moment;
}

const MOST_APPROVALS = 500;
const MOST_PERIODS = 500;
const MOST_ENTRIES = 1_000;
const MOST_EMERGENCIES = 100;
/** Of all models, the newest. */
const MOST_RENAMES = 10_000;
const MOST_NAMES = 100;
const LATEST = Number.MAX_SAFE_INTEGER;

/** SQL of what was decided about a version. */
export class ComplianceStore {
  readonly #database: Workspaced;

  constructor(database: Workspaced) {
    this.#database = database;
  }

  async approvals(reader: Reader, model: number, version: number): Promise<ApprovalRecord[]> {
    const rows = await reader.all<
      Omit<ApprovalRecord, 'roles' | 'isDismissed'> & {
        readonly roles: string;
        readonly dismissed: number | null;
      }
    >({
      sql:
        'select target, approver, roles, creation_timestamp as at, comment, ' +
        'artifacts_digest as "artifactsDigest", card_digest as "cardDigest", ' +
        'dismissed_timestamp as dismissed from promotion_approvals ' +
        `where model = ? and version = ? order by id limit ${MOST_APPROVALS}`,
      bindings: [model, version],
    });
    return rows.map(({ roles, dismissed, ...row }) => ({
      ...row,
      roles: JSON.parse(roles) as string[],
      isDismissed: dismissed !== null,
    }));
  }

  history(reader: Reader, model: number, version: number): Promise<LiveRecord[]> {
    return reader.all<LiveRecord>({
      sql:
        'select target, from_time as "from", entered_by as "enteredBy", to_time as "to", ' +
        'left_because as "leftBecause" from live_history ' +
        `where model = ? and version = ? order by id limit ${MOST_PERIODS}`,
      bindings: [model, version],
    });
  }

  /**
   * The full names that a model has had, the newest first. What happened under a name before the model
   * had it, happened to another model.
   */
  async names(reader: Reader, name: string): Promise<NamePeriod[]> {
    const renames = await reader.all<{ seq: number; ts: number; old: string; entry: string }>({
      sql:
        'select seq, ts, object_id as old, entry from audit_log ' +
        `where action = 'registered_model.rename' order by seq desc limit ${MOST_RENAMES}`,
      bindings: [],
    });
    const moves = renames.map(({ entry, ...row }) => {
      const { after } = JSON.parse(entry) as { readonly after?: { readonly name?: unknown } };
      const inItsWorkspace = row.old.slice(0, row.old.indexOf('/') + 1);
      return { ...row, name: `${inItsWorkspace}${after?.name}` };
    });
    const periods: NamePeriod[] = [];
    let at = fullName(this.#database, name);
    let until: Moment = { seq: LATEST, ts: LATEST };
    while (periods.length < MOST_NAMES) {
      const made = await reader.first<Moment>({
        sql:
          "select seq, ts from audit_log where object_kind = 'registered_model' " +
          "and object_id = ? and action = 'registered_model.create' and seq < ? " +
          'order by seq desc limit 1',
        bindings: [at, until.seq],
      });
      const renamed = moves.find((one) => one.name === at && one.seq < until.seq);
      if (renamed === undefined || renamed.seq < (made?.seq ?? 0)) {
        return [...periods, { name: at, from: made ?? { seq: 0, ts: 0 }, until }];
      }
      periods.push({ name: at, from: renamed, until });
      [at, until] = [renamed.old, renamed];
    }
    return periods;
  }

  async audit(
    reader: Reader,
    names: readonly NamePeriod[],
    version: number,
  ): Promise<AuditRecord[]> {
    const found: AuditRecord[] = [];
    for (const { name, from, until } of [...names].reverse()) {
      const rows = await reader.all<AuditRecord>({
        sql:
          'select seq, ts as at, actor, action, decision, policy_version as "policyVersion", ' +
          'leaf_hash as "leafHash" from audit_log ' +
          "where object_kind = 'model_version' and object_id = ? and seq > ? and seq < ? " +
          `order by seq limit ${MOST_ENTRIES}`,
        bindings: [`${name}/${version}`, from.seq, until.seq],
      });
      found.push(...rows);
    }
    return found.slice(0, MOST_ENTRIES);
  }

  async emergencies(reader: Reader, names: readonly NamePeriod[]): Promise<EmergencyRecord[]> {
    const found: EmergencyRecord[] = [];
    for (const { name, from, until } of [...names].reverse()) {
      const rows = await reader.all<EmergencyRecord>({
        sql:
          'select grant_id as "grant", principal, reason, ticket, used_timestamp as "usedAt", ' +
          'review_due_timestamp as "dueAt", ' +
          'reviewer as "reviewedBy", reviewed_timestamp as "reviewedAt" from break_glass_grants ' +
          'where model_name = ? and used_timestamp >= ? and used_timestamp <= ? ' +
          `order by id limit ${MOST_EMERGENCIES}`,
        bindings: [name, from.ts, until.ts],
      });
      found.push(...rows);
    }
    return found.slice(0, MOST_EMERGENCIES);
  }
}
