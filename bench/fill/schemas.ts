/** Whose schema a database has. */
export type Schema = 'ours' | 'stock' | 'fasttrackml';

/** Rows of `seed` (i, id, run_id, start_time), `metric` and `param` (n, key) that a chunk of runs is made of. */
interface Columns {
  readonly experimentId: string;
  /** Where runs keep their artifacts: an expression over `seed`. */
  readonly artifactUri: string;
  /** The value of a metric and of a param: expressions over `seed.i` and `k.n`. */
  readonly metric: string;
  readonly param: string;
}

/** Inserts that turn a chunk of seeds into the runs that a server would have stored. */
export const RUN_INSERTS: Record<Schema, (columns: Columns) => readonly string[]> = {
  ours: ({ experimentId, artifactUri, metric, param }) => [
    `insert into runs (id, run_id, experiment_id, name, user_id, status, start_time, artifact_uri,
       lifecycle_stage)
     select id, run_id, ${experimentId}, 'seeded-' || i, 'ada', 'RUNNING', start_time,
       ${artifactUri}, 'active' from seed order by id`,
    `insert into run_tags (run, key, value)
     select s.id, k.key, ${TAG_VALUE} from seed s cross join tag k`,
    `insert into run_params (run, key, value)
     select s.id, k.key, ${param} from seed s cross join param k`,
    `insert into metrics (run, key, timestamp, step, value, is_nan)
     select s.id, k.key, s.start_time, 10, ${metric}, 0 from seed s cross join metric k`,
    `insert into latest_metrics (run, key, value, is_nan, step, timestamp, experiment_id)
     select s.id, k.key, ${metric}, 0, 10, s.start_time, ${experimentId}
     from seed s cross join metric k`,
  ],
  stock: (columns) => mlflowInserts(columns, { value: 'value' }),
  fasttrackml: (columns) =>
    mlflowInserts(columns, {
      value: 'value_str',
      run: { names: ', row_num', values: ', id' },
      metric: { names: ', iter, context_id', values: ', 1, (select min(id) from contexts)' },
      latest: { names: ', last_iter, context_id', values: ', 1, (select min(id) from contexts)' },
    }),
};

const TAG_VALUE =
  "case k.n when 0 then 'seeded-' || s.i when 1 then 'train.py' when 2 then 'LOCAL' else 'ada' end";

interface More {
  readonly names: string;
  readonly values: string;
}

/** MLflow's own schema, with what FastTrackML adds to it. */
function mlflowInserts(
  { experimentId, artifactUri, metric, param }: Columns,
  more: { value: string; run?: More; metric?: More; latest?: More },
): readonly string[] {
  const none: More = { names: '', values: '' };
  const { value, run = none, metric: point = none, latest = none } = more;
  return [
    `insert into runs (run_uuid, name, source_type, source_name, entry_point_name, source_version,
       user_id, status, start_time, lifecycle_stage, artifact_uri, experiment_id${run.names})
     select run_id, 'seeded-' || i, 'UNKNOWN', '', '', '', 'ada', 'RUNNING', start_time, 'active',
       ${artifactUri}, ${experimentId}${run.values} from seed order by id`,
    `insert into tags (key, value, run_uuid)
     select k.key, ${TAG_VALUE}, s.run_id from seed s cross join tag k`,
    `insert into params (key, ${value}, run_uuid)
     select k.key, ${param}, s.run_id from seed s cross join param k`,
    `insert into metrics (key, value, timestamp, run_uuid, step, is_nan${point.names})
     select k.key, ${metric}, s.start_time, s.run_id, 10, false${point.values}
     from seed s cross join metric k`,
    `insert into latest_metrics (key, value, timestamp, run_uuid, step, is_nan${latest.names})
     select k.key, ${metric}, s.start_time, s.run_id, 10, false${latest.values}
     from seed s cross join metric k`,
  ];
}

/** The history of a metric of a run, whose points are numbered from 0 and a millisecond apart. */
interface History {
  readonly runId: string;
  readonly key: string;
  readonly startTime: number;
}

/** Points of a history from a table `n` whose `i` counts them, and the row of the latest. */
interface HistoryInserts {
  /** Before and behind the definition of `n`. */
  readonly points: readonly [into: string, select: string];
  latest(last: number): string;
}

export const HISTORY_INSERTS: Record<Schema, (history: History) => HistoryInserts> = {
  ours: ({ runId, key, startTime }) => ({
    points: [
      'insert into metrics (run, key, timestamp, step, value, is_nan)',
      `select (select id from runs where run_id = '${runId}'), '${key}', ${startTime} + i, i,
         ${POINT}, 0 from n`,
    ],
    latest: (last) =>
      `insert into latest_metrics (run, key, timestamp, step, value, is_nan, experiment_id)
       select id, '${key}', ${startTime + last}, ${last}, ${fractionOf(String(last))}, 0,
         experiment_id from runs where run_id = '${runId}'`,
  }),
  stock: (history) => mlflowHistory(history, { names: '', values: '' }),
  fasttrackml: (history) =>
    mlflowHistory(history, {
      names: ', context_id',
      values: ', (select min(id) from contexts)',
    }),
};

function mlflowHistory({ runId, key, startTime }: History, more: More): HistoryInserts {
  const columns = 'run_uuid, key, timestamp, step, value, is_nan';
  return {
    points: [
      `insert into metrics (${columns}${more.names})`,
      `select '${runId}', '${key}', ${startTime} + i, i, ${POINT}, false${more.values} from n`,
    ],
    latest: (last) =>
      `insert into latest_metrics (${columns}${more.names})
       select '${runId}', '${key}', ${startTime + last}, ${last}, ${fractionOf(String(last))},
         false${more.values}`,
  };
}

/** {@link fraction} in SQL: numbers of 0 to 1 with all the digits of a double. */
export const fractionOf = (index: string): string =>
  `cast((cast(${index} as bigint) * 7919 + 12345) % 1000003 as double precision) / 1000003`;

const POINT = fractionOf('i');
