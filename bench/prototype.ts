/**
 * The yardstick: what plain Express and SQLite can do, with durable commits and nothing else. It
 * checks no input, knows no users and serves only what the benchmark asks for.
 */
import { randomUUID } from 'node:crypto';
import Database from 'better-sqlite3';
import express, { type Request, type Response } from 'express';

const [port = '0', file = ':memory:'] = process.argv.slice(2);

const db = new Database(file);
db.pragma('journal_mode = WAL');
db.pragma('synchronous = FULL');
db.exec(`
  CREATE TABLE experiments (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
  INSERT INTO experiments VALUES (0, 'Default');
  CREATE TABLE runs (id INTEGER PRIMARY KEY, run_id TEXT NOT NULL UNIQUE, info TEXT NOT NULL);
  CREATE TABLE tags (run INTEGER, key TEXT, value TEXT, PRIMARY KEY (run, key)) WITHOUT ROWID;
  CREATE TABLE params (run INTEGER, key TEXT, value TEXT, PRIMARY KEY (run, key)) WITHOUT ROWID;
  CREATE TABLE metrics (run INTEGER, key TEXT, timestamp INTEGER, step INTEGER, value REAL,
    PRIMARY KEY (run, key, timestamp, step, value)) WITHOUT ROWID;
  CREATE TABLE latest (run INTEGER, key TEXT, timestamp INTEGER, step INTEGER, value REAL,
    PRIMARY KEY (run, key)) WITHOUT ROWID;
`);

const addExperiment = db.prepare('INSERT INTO experiments (name) VALUES (?)');
const experimentById = db.prepare('SELECT id AS experiment_id, name FROM experiments WHERE id = ?');
const addRun = db.prepare('INSERT INTO runs (run_id, info) VALUES (?, ?)');
const runById = db.prepare<[string], { id: number; info: string }>(
  'SELECT id, info FROM runs WHERE run_id = ?',
);
const setTag = db.prepare('INSERT OR REPLACE INTO tags VALUES (?, ?, ?)');
const addParam = db.prepare('INSERT OR IGNORE INTO params VALUES (?, ?, ?)');
const addMetric = db.prepare('INSERT OR IGNORE INTO metrics VALUES (?, ?, ?, ?, ?)');
const setLatest = db.prepare(`INSERT INTO latest VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
  SET timestamp = excluded.timestamp, step = excluded.step, value = excluded.value
  WHERE (excluded.step, excluded.timestamp, excluded.value) > (step, timestamp, value)`);
const tagsOf = db.prepare('SELECT key, value FROM tags WHERE run = ?');
const paramsOf = db.prepare('SELECT key, value FROM params WHERE run = ?');
const latestOf = db.prepare('SELECT key, value, timestamp, step FROM latest WHERE run = ?');
const history = db.prepare(
  'SELECT key, value, timestamp, step FROM metrics WHERE run = ? AND key = ?',
);

interface Pair {
  key: string;
  value: string;
}
interface Metric {
  key: string;
  value: number;
  timestamp: number;
  step: number;
}
type Work = (body: Request['body'], query: Request['query']) => unknown;

const waiting: { work: () => unknown; response: Response }[] = [];

/** Requests of one turn of the event loop share a transaction, and are answered after its commit. */
function write(work: Work) {
  return (request: Request, response: Response) => {
    if (waiting.length === 0) setImmediate(commit);
    waiting.push({ work: () => work(request.body, request.query), response });
  };
}

function commit() {
  const group = waiting.splice(0);
  db.exec('BEGIN IMMEDIATE');
  const answers = group.map(({ work }) => work());
  db.exec('COMMIT');
  group.forEach(({ response }, index) => {
    response.json(answers[index]);
  });
}

function read(work: Work) {
  return (request: Request, response: Response) => {
    response.json(work(request.body, request.query));
  };
}

function internalId(runId: string): number {
  const run = runById.get(runId);
  if (run === undefined) throw new Error(`no run ${runId}`);
  return run.id;
}

function logMetric(run: number, { key, timestamp, step, value }: Metric) {
  addMetric.run(run, key, timestamp, step, value);
  setLatest.run(run, key, timestamp, step, value);
}

const createRun: Work = ({ experiment_id, run_name, user_id = '', start_time, tags = [] }) => {
  const run_id = randomUUID().replaceAll('-', '');
  const artifact_uri = `mlflow-artifacts:/${experiment_id}/${run_id}/artifacts`;
  const identity = { run_uuid: run_id, experiment_id, run_name, user_id, status: 'RUNNING' };
  const info = { ...identity, start_time, artifact_uri, lifecycle_stage: 'active', run_id };
  const run = addRun.run(run_id, JSON.stringify(info)).lastInsertRowid;
  const allTags = [...tags, { key: 'mlflow.runName', value: run_name }];
  for (const { key, value } of allTags) setTag.run(run, key, value);
  return { run: { info, data: { tags: allTags }, inputs: {} } };
};

const logBatch: Work = ({ run_id, metrics = [], params = [], tags = [] }) => {
  const run = internalId(run_id);
  for (const { key, value } of params as Pair[]) addParam.run(run, key, value);
  for (const metric of metrics as Metric[]) logMetric(run, metric);
  for (const { key, value } of tags as Pair[]) setTag.run(run, key, value);
  return {};
};

const getRun: Work = (_, { run_id }) => {
  const run = runById.get(String(run_id));
  if (run === undefined) return {};
  const [metrics, params, tags] = [latestOf, paramsOf, tagsOf].map((rows) => rows.all(run.id));
  return { run: { info: JSON.parse(run.info), data: { metrics, params, tags }, inputs: {} } };
};

const api = express.Router();
api.use(express.json({ limit: '10mb' }));
api.post(
  '/experiments/create',
  write(({ name }) => {
    return { experiment_id: String(addExperiment.run(name).lastInsertRowid) };
  }),
);
api.get(
  '/experiments/get',
  read((_, { experiment_id }) => {
    return { experiment: experimentById.get(experiment_id) };
  }),
);
api.post('/runs/create', write(createRun));
api.post(
  '/runs/log-metric',
  write((body) => {
    logMetric(internalId(body.run_id), body);
    return {};
  }),
);
api.post('/runs/log-batch', write(logBatch));
api.get('/runs/get', read(getRun));
api.get(
  '/metrics/get-history',
  read((_, { run_id, metric_key }) => {
    return { metrics: history.all(internalId(String(run_id)), metric_key) };
  }),
);

const app = express();
app.disable('x-powered-by').disable('etag');
app.use('/api/2.0/mlflow', api);
app.listen(Number(port), '127.0.0.1');
