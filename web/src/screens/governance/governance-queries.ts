import { queryOptions } from '@tanstack/react-query';
import { api, body, type Schema } from '../../shared/api.ts';
import { pagesQuery } from '../../shared/use-pages.ts';

export type Verdict = Schema<'EvaluatePromotionResponse'>;
export type PromotionRequest = Schema<'PromotionRequest'>;
export type Target = { readonly stage: string } | { readonly alias: string };

const ONE = '/api/governance/v1/models/{name}/versions/{version}' as const;
/** Everything about governance of one model is asked again after each change. */
export const ofModel = (name: string) => ['governance', name] as const;

export const verdictQuery = (name: string, version: string, target: Target) =>
  queryOptions({
    queryKey: [...ofModel(name), version, 'verdict', target],
    queryFn: () =>
      body(api.POST(`${ONE}/evaluate`, { params: { path: { name, version } }, body: target })),
  });

type VersionCard = Schema<'VersionCard'>;

/** The card that was attached last: beside the one that counts there may be one to be approved. */
export const newestCard = (card: VersionCard | null | undefined): VersionCard | null | undefined =>
  card?.pending_review ?? card;

/** The card of a version; null where it has none. */
export const cardQuery = (name: string, version: string) =>
  queryOptions({
    queryKey: [...ofModel(name), version, 'card'],
    queryFn: async (): Promise<VersionCard | null> => {
      const params = { path: { name, version } };
      const { has_card: hasCard } = await body(api.GET(`${ONE}/card/history`, { params }));
      return hasCard ? body(api.GET(`${ONE}/card`, { params })) : null;
    },
  });

export const cardRevisionsQuery = (name: string, version: string) =>
  queryOptions({
    queryKey: [...ofModel(name), version, 'card', 'history'],
    queryFn: () => body(api.GET(`${ONE}/card/history`, { params: { path: { name, version } } })),
  });

const versionPath = (name: string, version: string) =>
  `/api/governance/v1/models/${encodeURIComponent(name)}/versions/${encodeURIComponent(version)}`;

/** The saved card as a page. Below the server's base. */
export const cardPagePath = (name: string, version: string) =>
  `${versionPath(name, version)}/card/html`;

/** Below the server's base. */
export const compliancePath = (name: string, version: string, format: string) =>
  `${versionPath(name, version)}/compliance?format=${format}`;

export const activitiesQuery = (name: string, version: string) =>
  queryOptions({
    queryKey: [...ofModel(name), version, 'activities'],
    queryFn: () => body(api.GET(`${ONE}/activities`, { params: { path: { name, version } } })),
  });

export const requestsQuery = (status: string, name?: string) =>
  pagesQuery(
    name === undefined ? ['requests', status] : [...ofModel(name), 'requests', status],
    (page) =>
      body(
        api.GET('/api/governance/v1/requests', {
          params: {
            query: {
              ...(status === '' ? {} : { status }),
              ...(name === undefined ? {} : { name }),
              ...page,
            },
          },
        }),
      ),
  );

export const liveQuery = (name: string, at: string) =>
  queryOptions({
    queryKey: [...ofModel(name), 'live', at],
    queryFn: () =>
      body(
        api.GET('/api/governance/v1/models/{name}/live', {
          params: { path: { name }, query: at === '' ? {} : { at } },
        }),
      ),
  });

export const periodsQuery = (name: string) =>
  pagesQuery([...ofModel(name), 'periods'], (query) =>
    body(
      api.GET('/api/governance/v1/models/{name}/live/periods', {
        params: { path: { name }, query },
      }),
    ),
  );

export const breakGlassQuery = pagesQuery(['break-glass'], (query) =>
  body(api.GET('/api/governance/v1/break-glass', { params: { query } })),
);

export const drillsQuery = pagesQuery(['drills'], (query) =>
  body(api.GET('/api/governance/v1/drills', { params: { query } })),
);

export const signatureQuery = (name: string, version: string) =>
  queryOptions({
    queryKey: [...ofModel(name), version, 'signature'],
    queryFn: async () =>
      (await api.GET(`${ONE}/signature`, { params: { path: { name, version } } })).data as unknown,
  });

/** A request with its approvals, and with what the caller may do with it. */
export const requestQuery = (id: string) =>
  queryOptions({
    queryKey: ['requests', 'one', id],
    queryFn: async () =>
      (
        await body(
          api.GET('/api/governance/v1/requests/{request_id}', {
            params: { path: { request_id: id } },
          }),
        )
      ).request ?? {},
  });
