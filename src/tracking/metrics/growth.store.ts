import type { Reader, Statement, Transaction } from '../../platform/db/database.js';
import { COLUMNS } from './metrics.store.js';
import { HISTORY } from './sampling.store.js';

/** A history of a run. */
export interface History {
  readonly run: number;
  readonly key: string;
}

/** One that has grown, and when that was noticed last. */
export interface Grown extends History {
  readonly noticed_time: number;
}

/** Notes that a history has grown by many points: it may be worth marks. */
export const notice = ({ run, key }: History, now: number): Statement => ({
  sql:
    'update latest_metrics set noticed_since = coalesce(noticed_since, ?), noticed_time = ? ' +
    'where run = ? and key = ?',
  bindings: [now, now, run, key],
});

/** SQL of what is known of the growth of histories. */
export class GrowthStore {
  notice(tx: Transaction, history: History, now: number): Promise<void> {
    return tx.send(notice(history, now));
  }

  /** @returns some that have come to rest before a time, or grow since before another one */
  due(reader: Reader, restBefore: number, growBefore: number, limit: number): Promise<Grown[]> {
    return reader.all<Grown>({
      sql:
        'select run, key, noticed_time from latest_metrics where noticed_time is not null ' +
        'and (noticed_time < ? or noticed_since < ?) order by noticed_time limit ?',
      bindings: [restBefore, growBefore, limit],
    });
  }

  /** @returns whether nobody else has taken it up, who keeps it until that time */
  async claim(tx: Transaction, { run, key, noticed_time }: Grown, until: number): Promise<boolean> {
    const changed = await tx.run({
      sql:
        'update latest_metrics set noticed_since = null, noticed_time = ? ' +
        'where run = ? and key = ? and noticed_time = ?',
      bindings: [until, run, key, noticed_time],
    });
    return changed > 0;
  }

  /** It is marked, unless it was noticed again since it was claimed `until` that time. */
  async finish(tx: Transaction, { run, key }: History, until: number): Promise<void> {
    await tx.send({
      sql:
        'update latest_metrics set noticed_since = null, noticed_time = null ' +
        'where run = ? and key = ? and noticed_time = ?',
      bindings: [run, key, until],
    });
  }

  /** @returns whether it has so many points */
  async isLong(reader: Reader, { run, key }: History, points: number): Promise<boolean> {
    const found = await reader.first({
      sql: `select m.step from ${HISTORY} order by ${COLUMNS} limit 1 offset ?`,
      bindings: [run, key, points - 1],
      inOrder: true,
    });
    return found !== undefined;
  }
}
