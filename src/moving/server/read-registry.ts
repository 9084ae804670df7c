import { type Answer, integerOf, listOf, pairsOf, textOf } from './answer.js';
import { ask, askIfKnown, inParallel, nextOf, type Reading, readPages, tokenOf } from './asking.js';
import type { StagedRows } from './tables.js';

const AT_ONCE = 200;
/** Prompts are models that searches leave out, unless they are asked for. */
const KINDS = [
  ['models', {}],
  ['prompts', { filter: "tags.`mlflow.prompt.is_prompt` = 'true'" }],
] as const;

/** Registered models and prompts with their versions and aliases, and webhooks. */
export async function readRegistry(reading: Reading): Promise<void> {
  for (const [kind, filter] of KINDS) {
    await readPages(reading, `registered ${kind}`, `registered ${kind}`, async (token) => {
      const answer = await ask(reading, {
        path: '/api/2.0/mlflow/registered-models/search',
        query: { ...filter, max_results: AT_ONCE, ...tokenOf(token) },
      });
      const models = listOf(answer.registered_models);
      return { rows: modelRows(models), next: nextOf(answer), count: models.length };
    });
    await readPages(reading, `versions of ${kind}`, `versions of ${kind}`, async (token) => {
      const answer = await ask(reading, {
        path: '/api/2.0/mlflow/model-versions/search',
        query: { ...filter, max_results: AT_ONCE, ...tokenOf(token) },
      });
      const versions = listOf(answer.model_versions);
      const rows = await versionRows(reading, versions);
      return { rows, next: nextOf(answer), count: versions.length };
    });
  }
  await readWebhooks(reading);
}

const modelRows = (models: readonly Answer[]): StagedRows => ({
  registered_models: models.map((model) => ({
    name: textOf(model.name),
    creation_time: integerOf(model.creation_timestamp),
    last_updated_time: integerOf(model.last_updated_timestamp),
    description: textOf(model.description),
  })),
  registered_model_tags: models.flatMap(({ name, tags }) =>
    pairsOf(tags).map((tag) => ({ ...tag, name: textOf(name) })),
  ),
  registered_model_aliases: models.flatMap(({ name, aliases }) =>
    listOf(aliases).map(({ alias, version }) => ({
      ...{ name: textOf(name), alias: textOf(alias), version: integerOf(version) },
    })),
  ),
});

async function versionRows(reading: Reading, versions: readonly Answer[]): Promise<StagedRows> {
  const locations = await inParallel(versions, (version) => locationOf(reading, version));
  return {
    model_versions: versions.map((version, at) => ({
      name: textOf(version.name),
      version: integerOf(version.version),
      creation_time: integerOf(version.creation_timestamp),
      last_updated_time: integerOf(version.last_updated_timestamp),
      current_stage: textOf(version.current_stage),
      description: textOf(version.description),
      source: textOf(version.source),
      storage_location: locations[at] ?? null,
      run_id: textOf(version.run_id),
      run_link: textOf(version.run_link),
      status: textOf(version.status),
      status_message: textOf(version.status_message),
    })),
    model_version_tags: versions.flatMap(({ name, version, tags }) =>
      pairsOf(tags).map((tag) => ({ ...tag, name: textOf(name), version: integerOf(version) })),
    ),
  };
}

/** A version that was made of a logged model lies where that does, which its source doesn't say. */
async function locationOf(reading: Reading, { name, version, source }: Answer) {
  if (typeof source !== 'string' || !source.startsWith('models:')) return textOf(source);
  const found = await ask(reading, {
    path: '/api/2.0/mlflow/model-versions/get-download-uri',
    query: { name: textOf(name) ?? '', version: textOf(version) ?? '' },
  });
  return textOf(found.artifact_uri);
}

/** Nobody is told whether a webhook has a secret, so that all of them wait for one. */
async function readWebhooks(reading: Reading): Promise<void> {
  await readPages(reading, 'webhooks', 'webhooks', async (token) => {
    const answer = await askIfKnown(reading, {
      path: '/api/2.0/mlflow/webhooks',
      query: { max_results: 100, ...tokenOf(token) },
    });
    const webhooks = listOf(answer?.webhooks);
    return {
      next: nextOf(answer ?? {}),
      count: webhooks.length,
      rows: {
        webhooks: webhooks.map((one) => ({
          webhook_id: textOf(one.webhook_id),
          name: textOf(one.name),
          description: textOf(one.description),
          url: textOf(one.url),
          status: 'DISABLED',
          creation_timestamp: integerOf(one.creation_timestamp),
          last_updated_timestamp: integerOf(one.last_updated_timestamp),
        })),
        webhook_events: webhooks.flatMap(({ webhook_id, events }) =>
          listOf(events).map(({ entity, action }) => ({
            webhook_id: textOf(webhook_id),
            entity: textOf(entity)?.toLowerCase(),
            action: textOf(action)?.toLowerCase(),
          })),
        ),
      },
    };
  });
}
