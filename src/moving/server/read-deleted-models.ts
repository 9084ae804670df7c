import { ServerRefusal } from '../../platform/outgoing/server-client.js';
import { type Answer, listOf, objectOf, textOf } from './answer.js';
import { ask, inParallel, type Reading } from './asking.js';
import { modelRows } from './read-models.js';

const ARTIFACTS = '/api/2.0/mlflow-artifacts/artifacts';
const PROXIED = /^mlflow-artifacts:(?:\/\/[^/]*)?\/*(.*?)\/*$/;
const AT_ONCE = 200;

/** What names logged models beside the lists of them, which leave out deleted ones. */
const NAMED = `
  select destination_id as id from inputs
    where destination_type in ('MODEL_INPUT', 'MODEL_OUTPUT')
  union select substr(source, 9) from model_versions where source like 'models:/m-%'
  union select value from trace_request_metadata where key = 'mlflow.modelId'`;

/**
 * Deleted logged models that something names: a run, a version, a trace or a folder of artifacts.
 * Servers tell of them from MLflow 3.11 on, to whoever knows their ids.
 */
export async function readDeletedModels(reading: Reading, part: string): Promise<void> {
  const { staging, told } = reading;
  if (staging.place(part).isDone) return;
  const named = staging.rows(NAMED).flatMap(({ id }) => textOf(id) ?? []);
  const known = new Set(
    staging.rows('select model_id from logged_models').map(({ model_id }) => model_id),
  );
  const ids = [...new Set([...named, ...(await inFolders(reading))])].filter(
    (id) => id !== '' && !known.has(id),
  );
  let count = 0;
  for (let start = 0; start < ids.length; start += AT_ONCE) {
    const found = await inParallel(ids.slice(start, start + AT_ONCE), (id) => find(reading, id));
    const models = found.filter((model) => model !== undefined);
    staging.put(modelRows(models, 'deleted'));
    count += models.length;
    told('reading deleted logged models', count);
  }
  staging.put({}, part, { after: undefined, isDone: true });
}

/** Artifacts of what is deleted lie there until they are collected. */
async function inFolders(reading: Reading): Promise<string[]> {
  const experiments = reading.staging.rows(
    'select artifact_location from experiments where workspace = ?',
    [reading.staging.workspace],
  );
  const found = await inParallel(experiments, async ({ artifact_location }) => {
    const folder = PROXIED.exec(String(artifact_location))?.[1];
    if (folder === undefined) return [];
    const path = folder === '' ? 'models' : `${folder}/models`;
    const answer = await orNothing(() => ask(reading, { path: ARTIFACTS, query: { path } }));
    return listOf(answer?.files).flatMap((file) => {
      const name = (textOf(file.path) ?? '').split('/').at(-1) ?? '';
      return file.is_dir === true && /^m-\w+$/.test(name) ? [name] : [];
    });
  });
  return found.flat();
}

async function find(reading: Reading, id: string): Promise<Answer | undefined> {
  const path = `/api/2.0/mlflow/logged-models/${encodeURIComponent(id)}`;
  const query = { allow_deleted: 'true' };
  const answer = await orNothing(() => ask(reading, { path, query }));
  const model = objectOf(answer?.model);
  return textOf(objectOf(model.info).model_id) === id ? model : undefined;
}

async function orNothing(asked: () => Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await asked();
  } catch (error) {
    if (error instanceof ServerRefusal) return undefined;
    throw error;
  }
}
