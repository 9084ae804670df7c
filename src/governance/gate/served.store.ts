import type { Reader } from '../../platform/db/database.js';

/** A version that was in a stage before, and how it stands now. */
export interface ServedBefore {
  readonly version: number;
  readonly stage: string;
  /** Why it left that stage the last time. */
  readonly leftBecause: string | null;
  readonly isQuarantined: boolean;
  /** Somebody has said that it may be there. */
  readonly isApproved: boolean;
}

/** How far back it is looked for a version that may serve again. */
const FURTHEST = 50;

/** SQL of the versions that were in a stage. */
export class ServedStore {
  /** @returns the others that have left a stage, the last first */
  async before(
    reader: Reader,
    left: { readonly model: number; readonly stage: string; readonly version: number },
  ): Promise<ServedBefore[]> {
    const { model, stage, version } = left;
    const rows = await reader.all<
      Pick<ServedBefore, 'version' | 'stage' | 'leftBecause'> & {
        readonly quarantined: number;
        readonly approved: number;
      }
    >({
      sql:
        'select h.version, v.current_stage as stage, h.left_because as "leftBecause", ' +
        'case when exists (select 1 from version_quarantines q where q.model = h.model ' +
        'and q.version = h.version and q.lifted_time is null) then 1 else 0 end as quarantined, ' +
        'case when exists (select 1 from promotion_requests p where p.model = h.model ' +
        "and p.version = h.version and p.status = 'approved' and p.target = h.target) " +
        'or exists (select 1 from promotion_approvals a where a.model = h.model ' +
        'and a.version = h.version and a.request_id is null and a.target = h.target) ' +
        'then 1 else 0 end as approved from live_history h ' +
        'join model_versions v on v.model = h.model and v.version = h.version ' +
        'where h.model = ? and h.target = ? and h.version <> ? and h.to_time is not null ' +
        'and not exists (select 1 from live_history l where l.model = h.model ' +
        'and l.target = h.target and l.version = h.version and l.id > h.id) ' +
        'order by h.to_time desc, h.id desc limit ?',
      bindings: [model, stage, version, FURTHEST],
    });
    return rows.map(({ quarantined, approved, ...row }) => ({
      ...row,
      ...{ isQuarantined: quarantined === 1, isApproved: approved === 1 },
    }));
  }
}
