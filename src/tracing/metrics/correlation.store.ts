import type { Database } from '../../platform/db/database.js';
import { conditionsOf } from '../../platform/filter/compile.js';
import { parseFilter } from '../../platform/filter/filter.js';
import type { Fragment } from '../../platform/filter/storage.js';
import { TRACE_LANGUAGE } from '../search/search.language.js';
import { traceStorage } from '../search/search.storage.js';
import type { Counts } from './correlation.js';

export interface CorrelationQuery {
  readonly experimentIds: readonly number[];
  readonly first: string;
  readonly second: string;
  /** What all traces that count must match; empty for no condition. */
  readonly base: string;
}

/** Counts the traces that match two filters, in one pass over them. */
export async function countMatches(
  { scan, dialect }: Database,
  { experimentIds, first, second, base }: CorrelationQuery,
): Promise<Counts> {
  const storage = traceStorage(experimentIds, dialect);
  const conditions = (filter: string): Fragment => {
    const comparisons = parseFilter(filter, { language: TRACE_LANGUAGE });
    const parts = conditionsOf(comparisons, storage, dialect);
    return {
      sql: parts.map(({ sql }) => `(${sql})`).join(' and ') || '1 = 1',
      bindings: parts.flatMap(({ bindings }) => bindings),
    };
  };
  const [all, one, other] = [conditions(base), conditions(first), conditions(second)];
  const experiments = dialect.isOneOf('traces.experiment_id', experimentIds);
  const flag = ({ sql }: Fragment, name: string) => `case when ${sql} then 1 else 0 end as ${name}`;
  const row = await scan.first<Counts>({
    sql:
      'select count(*) as total, coalesce(sum(one), 0) as first, coalesce(sum(other), 0) as second,' +
      ' coalesce(sum(one * other), 0) as both' +
      ` from (select ${flag(one, 'one')}, ${flag(other, 'other')} from traces` +
      ` where ${experiments.sql} and ${all.sql}) m`,
    bindings: [...one.bindings, ...other.bindings, ...experiments.bindings, ...all.bindings],
  });
  return row ?? { total: 0, first: 0, second: 0, both: 0 };
}
