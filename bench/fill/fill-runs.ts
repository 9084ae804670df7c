import { START_TIME } from '../runs.js';
import { type BulkDatabase, numbers } from './bulk-database.js';
import { RUN_INSERTS, type Schema } from './schemas.js';

/** What the runs have; values are SQL over `s.i`, the number of the run. Keys are in order. */
export interface RunContent {
  readonly metrics: Readonly<Record<string, string>>;
  readonly params: Readonly<Record<string, string>>;
}

export interface Filling {
  readonly experimentId: string;
  readonly runs: number;
  readonly content: RunContent;
}

const CHUNK = 50_000;
const TAG_KEYS = ['mlflow.runName', 'mlflow.source.name', 'mlflow.source.type', 'mlflow.user'];

/** Stores runs as the server whose schema it is would have done, chunk by chunk. */
export async function fillRuns(
  database: BulkDatabase,
  schema: Schema,
  { experimentId, runs, content }: Filling,
  onProgress: (filled: number) => void = () => undefined,
): Promise<void> {
  await keyTable(database, 'tag', TAG_KEYS);
  await keyTable(database, 'metric', Object.keys(content.metrics));
  await keyTable(database, 'param', Object.keys(content.params));
  const inserts = RUN_INSERTS[schema]({
    experimentId,
    artifactUri: `'mlflow-artifacts:/${experimentId}/' || run_id || '/artifacts'`,
    metric: valueByKey(content.metrics),
    param: valueByKey(content.params),
  });
  for (let from = 0; from < runs; from += CHUNK) {
    const to = Math.min(from + CHUNK, runs);
    await seeds(database, schema, from, to);
    await database.run('begin');
    for (const insert of inserts) await database.run(insert);
    await database.run('commit');
    onProgress(to);
  }
  if (schema === 'ours' && database.kind === 'postgresql') {
    await database.run(
      "select setval(pg_get_serial_sequence('runs', 'id'), (select max(id) from runs))",
    );
  }
}

async function seeds(database: BulkDatabase, schema: Schema, from: number, to: number) {
  const key = { ours: 'id', stock: undefined, fasttrackml: 'row_num' }[schema];
  const next = key === undefined ? '0' : `(select coalesce(max(${key}), 0) + 1 from runs)`;
  await database.run('drop table if exists seed');
  await database.run(
    `create temporary table seed as ${numbers(from, to)}
     select i, ${next} + i - ${from} as id, ${database.newId} as run_id,
       ${START_TIME} + i * 1000 as start_time from n`,
  );
}

async function keyTable(database: BulkDatabase, name: string, keys: readonly string[]) {
  const values = keys.map((key, n) => `(${n}, '${key}')`);
  await database.run(`drop table if exists ${name}`);
  await database.run(`create temporary table ${name} (n integer, key varchar(250))`);
  await database.run(`insert into ${name} (n, key) values ${values.join(', ')}`);
}

const valueByKey = (values: Readonly<Record<string, string>>): string =>
  `case k.n ${Object.values(values)
    .map((value, n) => `when ${n} then ${value}`)
    .join(' ')} end`;
