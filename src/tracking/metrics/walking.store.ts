import type { Scanner } from '../../platform/db/database.js';
import type { Int64 } from '../runs/runs.js';
import { COLUMNS, type HistoryRow } from './metrics.store.js';
import { HISTORY, type SampledRow, type Steps } from './sampling.store.js';

/** From the first point of a bucket to that of the next, and in the last one to its end. */
const STRIDE =
  'case when :place >= :total - :total / :buckets then :total - 1 - :place ' +
  'when :place < :total % :buckets * (:total / :buckets + 1) then :total / :buckets + 1 ' +
  'else :total / :buckets end';

/** Goes along a history from bucket to bucket, and notes which steps are passed by. */
const walk = ({ withSteps }: { readonly withSteps: boolean }) => {
  const [bounds, within, kept, known] = withSteps
    ? [
        ...['cast(? as bigint) as lower, cast(? as bigint) as upper,', 'and step between ? and ?'],
        ...['cast(:lower as bigint) as lower, cast(:upper as bigint) as upper,'],
        ...['and m.step between :lower and :upper'],
      ]
    : ['', '', '', ''];
  const onward =
    `from metrics m where m.run = :run and m.key = :key ${known} ` +
    `and (${COLUMNS}) >= (:timestamp, :step, :value, :is_nan) order by ${COLUMNS}`;
  return {
    first:
      `select m.run, m.key, cast(? as bigint) as buckets, ${bounds} ` +
      `(select count(*) from metrics where run = m.run and key = m.key ${within}) as total, ` +
      `cast(0 as bigint) as place, ${COLUMNS}, m.step as low, m.step as high ` +
      `from ${HISTORY} ${within} order by ${COLUMNS} limit 1`,
    next:
      `select n.run, n.key, cast(:buckets as bigint) as buckets, ${kept} ` +
      `cast(:total as bigint) as total, cast(:place + ${STRIDE} as bigint) as place, ` +
      'n.timestamp, n.step, n.value, n.is_nan, passed.low, passed.high ' +
      `from (select m.run, m.key, ${COLUMNS} ${onward} limit 1 offset ${STRIDE}) as n ` +
      'cross join (select min(s.step) as low, max(s.step) as high ' +
      `from (select m.step ${onward} limit ${STRIDE}) as s) as passed where :place < :total - 1`,
  };
};
const WALK = walk({ withSteps: false });
const WALK_WITHIN = walk({ withSteps: true });

type WalkedRow = Omit<HistoryRow, 'run_id'> & {
  readonly place: number;
  readonly total: number;
  /** The least and the greatest step from the row before up to this one. */
  readonly low: Int64;
  readonly high: Int64;
};

/** The history of a run. */
interface Walked {
  readonly run: number;
  readonly key: string;
  readonly run_id: string;
}

/**
 * Samples one history that has no marks by going along it, in the order of time. What is found is
 * the sample where the steps of each part come in front of those of the next.
 *
 * @returns nothing where they do not
 */
export async function walked(
  scanner: Scanner,
  { run, key, run_id }: Walked,
  buckets: number,
  steps: Steps | undefined,
): Promise<SampledRow[] | undefined> {
  const { first, next } = steps ? WALK_WITHIN : WALK;
  const within = steps ?? [];
  const bindings = [buckets, ...within, ...within, run, key, ...within];
  const rows = await scanner.chain<WalkedRow>({ first: { sql: first, bindings }, next });
  const isOrdered = rows.every((row, index) => {
    const before = rows[index - 1];
    return before === undefined || (row.low >= before.step && row.high <= row.step);
  });
  if (!isOrdered) return undefined;
  return rows.map(({ place, total, ...row }) => ({
    ...row,
    run_id,
    total,
    is_last: place === total - 1 ? 1 : 0,
  }));
}
