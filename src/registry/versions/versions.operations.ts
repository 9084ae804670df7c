import { invalidParameter } from '../../errors.js';
import type { Database } from '../../platform/db/database.js';
import type { OperationTable } from '../../platform/http/operation.js';
import { checkModelName } from '../models/models.js';
import { tagsOf } from '../tags.js';
import { readsSources } from './source-access.js';
import { type ModelVersion, noVersion, parseVersion } from './versions.js';
import type { VersionService } from './versions.service.js';
import type { VersionStore } from './versions.store.js';

type Ids =
  | 'createModelVersion'
  | 'getModelVersion'
  | 'updateModelVersion'
  | 'transitionModelVersionStage'
  | 'deleteModelVersion'
  | 'searchModelVersions'
  | 'getModelVersionDownloadUri'
  | 'setModelVersionTag'
  | 'deleteModelVersionTag';

/** A page of versions, unless the caller says otherwise. */
const MAX_RESULTS = 200_000;

const byName = (input: { name: string }) => input.name;

/** The model-versions family of the API. */
export const versionOperations = (
  database: Database,
  store: VersionStore,
  service: VersionService,
): OperationTable<Ids> => ({
  createModelVersion: {
    access: 'edit',
    of: 'registered_model',
    id: byName,
    also: readsSources,
    handler: async ({ name, source, run_id, model_id, run_link, description, tags }, by) => ({
      model_version: versionToWire(
        await service.create(
          {
            name,
            source,
            runId: run_id,
            modelId: model_id,
            runLink: run_link ?? '',
            description: description ?? '',
            tags: tagsOf(tags),
          },
          by,
        ),
      ),
    }),
  },
  getModelVersion: {
    access: 'read',
    of: 'model_version',
    id: byName,
    handler: async ({ name, version }) => ({
      model_version: versionToWire(await service.get(database.read, name, version)),
    }),
  },
  updateModelVersion: {
    access: 'edit',
    of: 'model_version',
    id: byName,
    handler: async ({ name, version, description }, by) => ({
      model_version: versionToWire(await service.describe(name, version, description ?? null, by)),
    }),
  },
  transitionModelVersionStage: {
    access: 'edit',
    of: 'model_version',
    id: byName,
    handler: async ({ name, version, stage, archive_existing_versions }, by) => ({
      model_version: versionToWire(
        await service.transition(
          { name, version, stage, archiveExisting: archive_existing_versions ?? false },
          by,
        ),
      ),
    }),
  },
  deleteModelVersion: {
    access: 'manage',
    of: 'model_version',
    id: byName,
    handler: async ({ name, version }, by) => {
      await service.delete(name, version, by);
      return {};
    },
  },
  searchModelVersions: {
    access: 'read',
    of: 'registered_model',
    handler: async ({ filter, max_results = MAX_RESULTS, order_by, page_token }, { scope }) => {
      checkMaxResults(max_results);
      const request = { filter, orderBy: order_by, pageToken: page_token, scope };
      const { rows, token } = await store.search({ ...request, maxResults: max_results });
      return {
        ...(rows.length > 0 ? { model_versions: rows.map(versionWithoutAliases) } : {}),
        ...(token === undefined ? {} : { next_page_token: token }),
      };
    },
  },
  getModelVersionDownloadUri: {
    access: 'read',
    of: 'model_version',
    id: byName,
    handler: async ({ name, version }) => {
      checkModelName(name);
      const number = parseVersion(name, version);
      const artifact_uri = await store.location(database.read, name, number);
      if (artifact_uri === undefined) throw noVersion(name, number);
      return { artifact_uri };
    },
  },
  setModelVersionTag: {
    access: 'edit',
    of: 'model_version',
    id: byName,
    handler: async ({ name, version, key, value = '' }, by) => {
      await service.setTag(name, version, { key, value }, by);
      return {};
    },
  },
  deleteModelVersionTag: {
    access: 'manage',
    of: 'model_version',
    id: byName,
    handler: async ({ name, version, key }, by) => {
      await service.deleteTag(name, version, key, by);
      return {};
    },
  },
});

function checkMaxResults(max: number | bigint): void {
  if (max >= 1) return;
  throw invalidParameter(
    `Invalid value for max_results. It must be a positive integer, but got ${max}`,
  );
}

/** A version as the wire shows it; lists that are empty are left out. */
export const versionToWire = ({ aliases, ...version }: ModelVersion) => ({
  ...versionWithoutAliases(version),
  ...(aliases.length > 0 ? { aliases: [...aliases] } : {}),
});

/** A version inside a model, or found by a search: MLflow does not look its aliases up. */
export const versionWithoutAliases = ({
  version,
  description,
  status_message,
  tags,
  ...rest
}: Omit<ModelVersion, 'aliases'>) => ({
  ...rest,
  version: String(version),
  ...(description === null ? {} : { description }),
  ...(status_message === null ? {} : { status_message }),
  ...(tags.length > 0 ? { tags: [...tags] } : {}),
});
