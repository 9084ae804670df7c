import { queryOptions } from '@tanstack/react-query';
import { api, body, fetchFile, type Schema } from '../../shared/api.ts';
import { pagesQuery } from '../../shared/use-pages.ts';
import { askSemver } from './semvers.ts';

export type Model = Schema<'RegisteredModel'>;
export type Version = Schema<'ModelVersion'>;

/** A text within a filter; quotes can't be escaped in the search language. */
export const quotedText = (text: string): string =>
  text.includes("'") ? `"${text.replaceAll('"', '')}"` : `'${text}'`;

export const modelsQuery = (search: string) =>
  pagesQuery(['models', search], (page) =>
    body(
      api.GET('/api/2.0/mlflow/registered-models/search', {
        params: {
          query: {
            max_results: 100,
            order_by: ['last_updated_timestamp DESC'],
            ...(search === '' ? {} : { filter: `name ILIKE ${quotedText(`%${search}%`)}` }),
            ...page,
          },
        },
      }),
    ),
  );

export const modelQuery = (name: string) =>
  queryOptions({
    queryKey: ['model', name],
    queryFn: async () =>
      (
        await body(
          api.GET('/api/2.0/mlflow/registered-models/get', { params: { query: { name } } }),
        )
      ).registered_model ?? {},
  });

export const versionsQuery = (name: string) =>
  pagesQuery(['model', name, 'versions'], (page) =>
    body(
      api.GET('/api/2.0/mlflow/model-versions/search', {
        params: {
          query: {
            filter: `name = ${quotedText(name)}`,
            max_results: 50,
            order_by: ['version_number DESC'],
            ...page,
          },
        },
      }),
    ),
  );

export const versionQuery = (name: string, version: string) =>
  queryOptions({
    queryKey: ['model', name, 'version', version],
    queryFn: async () =>
      (
        await body(
          api.GET('/api/2.0/mlflow/model-versions/get', { params: { query: { name, version } } }),
        )
      ).model_version ?? {},
  });

const EVIDENCE = { retry: false, staleTime: 60_000 } as const;

export const semverQuery = (name: string, version: string) =>
  queryOptions({
    ...EVIDENCE,
    queryKey: ['model', name, 'version', version, 'semver'],
    queryFn: () => askSemver(name, version),
  });

export const manifestQuery = (name: string, version: string) =>
  queryOptions({
    ...EVIDENCE,
    queryKey: ['model', name, 'version', version, 'manifest'],
    queryFn: () =>
      body(
        api.GET('/api/governance/v1/models/{name}/versions/{version}/manifest', {
          params: { path: { name, version } },
        }),
      ),
  });

/** What a version was made of, and who has it. */
export const lineageQuery = (name: string, version: string) =>
  queryOptions({
    queryKey: ['model', name, 'version', version, 'lineage'],
    queryFn: () =>
      body(
        api.GET('/api/governance/v1/models/{name}/versions/{version}/lineage', {
          params: { path: { name, version }, query: { max_results: 200 } },
        }),
      ),
  });

export const liveNowQuery = (name: string) =>
  queryOptions({
    queryKey: ['model', name, 'live'],
    retry: false,
    queryFn: () =>
      body(api.GET('/api/governance/v1/models/{name}/live', { params: { path: { name } } })),
  });

/** Who loads the model's versions, the latest first. */
export const consumersQuery = (name: string) =>
  queryOptions({
    queryKey: ['model', name, 'consumers'],
    retry: false,
    queryFn: () =>
      body(
        api.GET('/api/governance/v1/models/{name}/consumers', {
          params: { path: { name }, query: { max_results: 200 } },
        }),
      ),
  });

/** Below the server's base. */
export const versionFile = (name: string, version: string, path: string): string =>
  `/model-versions/get-artifact?${new URLSearchParams({ name, version, path })}`;

/** The file `MLmodel`, which says what a model takes and gives. */
export const modelFileQuery = (name: string, version: string) =>
  queryOptions({
    ...EVIDENCE,
    queryKey: ['model', name, 'version', version, 'MLmodel'],
    queryFn: async ({ signal }) => {
      const text = await (await fetchFile(versionFile(name, version, 'MLmodel'), signal)).text();
      const { readModelFile } = await import('./model-file.ts');
      return readModelFile(text);
    },
  });
