import type { Api } from './api.js';
import type { Context, Driver } from './driver.js';
import { modelName, SOURCE } from './fill/fill-registry.js';
import { RequestFactory } from './requests.js';
import { inTurn } from './runs.js';

/** 5,000 versions. */
export const MODELS = 500;
export const VERSIONS = 10;
const PAGE = 100;
const STAGES = ['Staging', 'Production', 'Archived', 'None'];

interface Version {
  readonly name: string;
  readonly version: string;
  readonly current_stage: string;
}

export async function createVersion({ api, registry }: Context): Promise<Driver> {
  await registry();
  const factory = new RequestFactory((id) => ({
    method: 'POST',
    path: '/model-versions/create',
    body: { name: modelName(id % MODELS), source: SOURCE, description: `version ${id}` },
  }));
  return {
    requests: async (count) => factory.endless(count),
    verify: async ({ sample }) => {
      const complaints: string[] = [];
      for (const { id, body } of sample) {
        const created = (JSON.parse(body) as { model_version: Version }).model_version;
        const stored = await readVersion(api, created);
        if (created.name !== modelName(id % MODELS) || stored.version !== created.version) {
          complaints.push(`version ${created.version} of ${created.name} is not there`);
        }
      }
      return complaints;
    },
  };
}

/**
 * A version in turn goes to a stage in turn. The others that are in it stay: stock can't archive
 * them on PostgreSQL.
 */
export async function transitionStage({ api, registry }: Context): Promise<Driver> {
  await registry();
  const named = (id: number) => ({
    name: modelName(id % MODELS),
    version: String((Math.floor(id / MODELS) % VERSIONS) + 1),
  });
  const factory = new RequestFactory((id) => {
    const stage = inTurn(STAGES, Math.floor(id / MODELS));
    const body = { ...named(id), stage, archive_existing_versions: false };
    return { method: 'POST', path: '/model-versions/transition-stage', body };
  });
  return {
    requests: async (count) => factory.endless(count),
    verify: async ({ acknowledged, sample }) => {
      const complaints: string[] = [];
      const last = new Map(acknowledged.map((id) => [id % MODELS, id]));
      for (const { id } of sample.slice(0, 8)) {
        const newest = last.get(id % MODELS) ?? id;
        const { current_stage } = await readVersion(api, named(newest));
        const stage = inTurn(STAGES, Math.floor(newest / MODELS));
        if (current_stage !== stage) complaints.push(`a version is ${current_stage}, not ${stage}`);
      }
      return complaints;
    },
  };
}

export const searchModels = ({ registry }: Context): Promise<Driver> =>
  search(registry, '/registered-models/search', 'registered_models');

export const searchVersions = ({ registry }: Context): Promise<Driver> =>
  search(registry, '/model-versions/search', 'model_versions');

async function search(registry: () => Promise<void>, path: string, member: string) {
  await registry();
  const factory = new RequestFactory(() => {
    return { method: 'GET', path: `${path}?max_results=${PAGE}` };
  });
  return {
    requests: async (count: number) => factory.endless(count),
    verify: async ({ sample }: { sample: readonly { body: string }[] }) =>
      sample.flatMap(({ body }) => {
        const found = (JSON.parse(body) as Record<string, unknown[] | undefined>)[member] ?? [];
        return found.length === PAGE ? [] : [`a page of ${found.length}`];
      }),
  };
}

async function readVersion(api: Api, { name, version }: Pick<Version, 'name' | 'version'>) {
  const path = `/model-versions/get?name=${name}&version=${version}`;
  return (await api.get<{ model_version: Version }>(path)).model_version;
}
