import type { Reader } from '../../platform/db/database.js';

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

const MOST_APPROVALS = 500;
const MOST_PERIODS = 500;
const MOST_ENTRIES = 1_000;
const MOST_EMERGENCIES = 100;

/** SQL of what was decided about a version. */
export class ComplianceStore {
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

  audit(reader: Reader, name: string, version: number): Promise<AuditRecord[]> {
    return reader.all<AuditRecord>({
      sql:
        'select seq, ts as at, actor, action, decision, policy_version as "policyVersion", ' +
        'leaf_hash as "leafHash" from audit_log ' +
        "where object_kind = 'model_version' and object_id = ? " +
        `order by seq limit ${MOST_ENTRIES}`,
      bindings: [`${name}/${version}`],
    });
  }

  emergencies(reader: Reader, name: string): Promise<EmergencyRecord[]> {
    return reader.all<EmergencyRecord>({
      sql:
        'select grant_id as "grant", principal, reason, ticket, used_timestamp as "usedAt", ' +
        'review_due_timestamp as "dueAt", ' +
        'reviewer as "reviewedBy", reviewed_timestamp as "reviewedAt" from break_glass_grants ' +
        `where model_name = ? and used_timestamp is not null order by id limit ${MOST_EMERGENCIES}`,
      bindings: [name],
    });
  }
}
