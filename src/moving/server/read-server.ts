import { DEFAULT_WORKSPACE } from '../../platform/db/workspace.js';
import { ServerRefusal } from '../../platform/outgoing/server-client.js';
import { listOf, objectOf, textOf } from './answer.js';
import { askIfKnown, type Reading } from './asking.js';
import { readDeletedModels } from './read-deleted-models.js';
import { readEvaluation } from './read-evaluation.js';
import { readLoggedModels } from './read-models.js';
import { readRegistry } from './read-registry.js';
import { readTraces } from './read-traces.js';
import { readModelInputs, readTracking } from './read-tracking.js';

/**
 * Reads all that a server tells, from where an earlier reading has stopped.
 *
 * @throws Error with one sentence when it stops answering
 */
export async function readServer(reading: Reading): Promise<void> {
  const { staging } = reading;
  await readAll(reading);
  while (staging.isOfSeveralTimes) {
    staging.lookAgain();
    await readAll(reading);
    staging.dropOrphans();
  }
}

async function readAll(reading: Reading): Promise<void> {
  const { staging } = reading;
  await readWorkspaces(reading);
  await readWorkspace(reading);
  for (const workspace of staging.workspaces()) await readWorkspace(of(reading, workspace));
  note(staging);
}

/** What is asked of one workspace is asked in its name. */
export const askingIn = (client: Reading['client'], workspace: string): Reading['client'] => ({
  text: (wanted) => client.text({ ...wanted, workspace }),
  bytes: (wanted) => client.bytes({ ...wanted, workspace }),
});

const of = (reading: Reading, workspace: string): Reading => ({
  ...reading,
  client: askingIn(reading.client, workspace),
  staging: reading.staging.in(workspace),
});

async function readWorkspace(reading: Reading): Promise<void> {
  const { staging } = reading;
  await readTracking(reading);
  await readLoggedModels(reading);
  await readDeletedModels(reading, 'deleted logged models');
  const hasModels = staging.rows('select 1 from logged_models limit 1').length > 0;
  if (hasModels) await readModelInputs(reading);
  await readRegistry(reading);
  await readTraces(reading);
  await readDeletedModels(reading, 'deleted logged models that others name');
  await readEvaluation(reading);
}

function note(staging: Reading['staging']): void {
  const [webhooks] = staging.rows('select count(*) as n from webhooks');
  if (Number(webhooks?.n) > 0) {
    staging.note(
      `${webhooks?.n} webhooks are disabled: no server tells whether they had secrets. Give them ` +
        'theirs, and switch them on.',
    );
  }
  const [deleted] = staging.rows(
    'select count(*) as n from runs r join experiments e on e.experiment_id = r.experiment_id ' +
      "where r.lifecycle_stage = 'deleted' and e.lifecycle_stage <> 'deleted'",
  );
  if (Number(deleted?.n) > 0) {
    staging.note(
      `${deleted?.n} runs were deleted by themselves; no server tells when, so they count as deleted now.`,
    );
  }
  staging.note(
    'No server tells of deleted versions, of deleted logged models that no run, version, trace or folder names, of ' +
      'scorers of deleted experiments, of datasets that no run has, and of passwords.',
  );
}

/** @throws Error with one sentence when it is no server of MLflow's, or does not answer */
export async function checkServer(reading: Pick<Reading, 'client'>): Promise<void> {
  const found = await askIfKnown(reading, {
    path: '/api/2.0/mlflow/experiments/search',
    query: { max_results: 1 },
  }).catch((error: unknown) => {
    if (!(error instanceof ServerRefusal) || error.status !== 401) throw error;
    throw new Error(
      'The server wants to know who asks: set MLFLOW_TRACKING_USERNAME and ' +
        'MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN, to an account that it knows',
    );
  });
  if (found === undefined) {
    throw new Error('The server does not speak the API of MLflow at this address');
  }
}

/** Servers from MLflow 3.11 on may have workspaces, and tell whoever asks of those that they may see. */
async function readWorkspaces(reading: Reading): Promise<void> {
  const { staging } = reading;
  const part = 'workspaces';
  if (staging.place(part).isDone) return;
  const info = await askIfKnown(reading, { path: '/api/3.0/mlflow/server-info' });
  const has = info?.workspaces_enabled === true;
  const answer = has
    ? await askIfKnown(reading, { path: '/api/3.0/mlflow/workspaces' })
    : undefined;
  const workspaces = listOf(answer?.workspaces)
    .filter(({ name }) => name !== DEFAULT_WORKSPACE)
    .map((one) => ({
      name: textOf(one.name),
      description: textOf(one.description),
      default_artifact_root: textOf(one.default_artifact_root),
      trace_archival_location: textOf(objectOf(one.trace_archival_config).location),
      trace_archival_retention: textOf(objectOf(one.trace_archival_config).retention),
    }));
  staging.put({ workspaces }, part, { after: undefined, isDone: true });
}
