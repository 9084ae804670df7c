import type { Database } from '../../platform/db/database.js';
import { SourceRules, type SourceSettings } from '../versions/source-rules.js';
import { VersionStore } from '../versions/versions.store.js';

const SETTINGS: SourceSettings = {
  defaultRoot: 'mlflow-artifacts:/',
  destination: './mlartifacts',
  allowedHostSchemes: [],
  sourceValidationRegex: undefined,
};

export interface Sent {
  readonly runId?: string;
  readonly modelId?: string;
  readonly isPrompt?: boolean;
}

/** Run `p` and model `m-p` behind the proxy, `l` and `m-l` in folders, a client's, and a prompt. */
export const ENTITIES = {
  runs: {
    p: 'mlflow-artifacts:/1/p/artifacts',
    other: 'mlflow-artifacts:/1/other/artifacts',
    l: '/srv/root/1/l/artifacts',
    h: 'http://own/api/2.0/mlflow-artifacts/artifacts/1/h/artifacts',
  },
  models: {
    'm-p': 'mlflow-artifacts:/1/models/m-p/artifacts',
    'm-l': 'file:///srv/root/1/models/m-l/artifacts',
  },
} as const;

export async function addRun(database: Database, id: string, uri: string): Promise<void> {
  await database.write((tx) =>
    tx.run({
      sql:
        'insert into runs (run_id, experiment_id, name, user_id, status, start_time, artifact_uri, ' +
        "lifecycle_stage) values (?, 1, '', '', 'RUNNING', 0, ?, 'active')",
      bindings: [id, uri],
    }),
  );
}

async function addModel(database: Database, id: string, uri: string, stage: string): Promise<void> {
  await database.write((tx) =>
    tx.run({
      sql:
        'insert into logged_models (model_id, experiment_id, name, artifact_uri, ' +
        'creation_timestamp, last_updated_timestamp, status, model_type, source_run_id, ' +
        "lifecycle_stage) values (?, 1, 'm', ?, 1, 1, 2, '', 'p', ?)",
      bindings: [id, uri, stage],
    }),
  );
}

/** The rules over a database with the {@link ENTITIES} in it, and one deleted model `m-gone`. */
export async function sourcesOn(database: Database) {
  for (const [id, uri] of Object.entries(ENTITIES.runs)) await addRun(database, id, uri);
  for (const [id, uri] of Object.entries(ENTITIES.models)) {
    await addModel(database, id, uri, 'active');
  }
  await addModel(database, 'm-gone', 's3://b/gone', 'deleted');
  const rules = (settings: Partial<SourceSettings> = {}): SourceRules =>
    new SourceRules({ ...SETTINGS, ...settings }, new VersionStore(database), database);
  return {
    rules: rules(),
    resolve: (
      source: string,
      { runId, modelId, isPrompt = false }: Sent = {},
      settings: Partial<SourceSettings> = {},
    ) =>
      rules(settings).resolve(database.read, { name: 'model', source, runId, modelId, isPrompt }),
  };
}

export type Resolve = Awaited<ReturnType<typeof sourcesOn>>['resolve'];
