import {
  infiniteQueryOptions,
  type QueryClient,
  queryOptions,
  useInfiniteQuery,
  useQuery,
} from '@tanstack/react-query';
import { useMemo } from 'react';
import { api, body } from '../../shared/api.ts';
import { type Run, runId } from './columns.ts';
import { orderOf, type View, viewOf } from './view.ts';

export const PAGE = 100;
const LIVE_MS = 4_000;
/** As many runs under way as are asked for anew at once. */
const MOST_LIVE = 100;

/** One page of a search. */
export function searchPage(
  experimentId: string,
  view: View,
  token: string,
  size: number,
  signal?: AbortSignal,
) {
  return body(
    api.POST('/api/2.0/mlflow/runs/search', {
      ...(signal === undefined ? {} : { signal }),
      body: {
        experiment_ids: [experimentId],
        filter: view.filter,
        order_by: orderOf(view),
        max_results: size,
        run_view_type: view.deleted ? 'DELETED_ONLY' : 'ACTIVE_ONLY',
        ...(token === '' ? {} : { page_token: token }),
      },
    }),
  );
}

const keyOf = (experimentId: string, view: View) => [
  'runs',
  experimentId,
  view.filter,
  view.deleted,
  orderOf(view).join(),
];

export const experimentQuery = (experimentId: string) =>
  queryOptions({
    queryKey: ['experiment', experimentId],
    queryFn: () =>
      body(
        api.GET('/api/2.0/mlflow/experiments/get', {
          params: { query: { experiment_id: experimentId } },
        }),
      ),
  });

const runsQuery = (experimentId: string, view: View) =>
  infiniteQueryOptions({
    queryKey: keyOf(experimentId, view),
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => searchPage(experimentId, view, pageParam, PAGE, signal),
    getNextPageParam: (page) => page.next_page_token || undefined,
    staleTime: 60_000,
  });

/** Asks for what the screen shows first, while its script is still on the way. */
export function prefetchRuns(queries: QueryClient, experimentId: string, search: URLSearchParams) {
  void queries.prefetchQuery(experimentQuery(experimentId));
  void queries.prefetchInfiniteQuery(runsQuery(experimentId, viewOf(search)));
}

/** Runs that a view shows, as many pages as have been scrolled to, and kept as they now are. */
export function useRuns(experimentId: string, view: View, { watchesNew = true } = {}) {
  const pages = useInfiniteQuery({
    ...runsQuery(experimentId, view),
    placeholderData: (before) => before,
  });
  const loaded = useMemo(
    () => pages.data?.pages.flatMap(({ runs = [] }) => runs) ?? [],
    [pages.data],
  );
  const { now, fresh } = useLive(experimentId, view, loaded, watchesNew);
  const runs = useMemo(
    () => (now.size === 0 ? loaded : loaded.map((run) => now.get(runId(run)) ?? run)),
    [loaded, now],
  );
  return { pages, runs, fresh };
}

const NOTHING_NEW: { newest: readonly Run[]; under: readonly Run[] } = { newest: [], under: [] };

/** Asks every few seconds how runs under way are getting on, and whether there are new ones. */
function useLive(experimentId: string, view: View, loaded: readonly Run[], watchesNew: boolean) {
  const running = loaded
    .filter(({ info }) => info?.status === 'RUNNING')
    .slice(0, MOST_LIVE)
    .map(runId);
  const seen = useQuery({
    queryKey: [...keyOf(experimentId, view), 'live', running.join()],
    enabled: !view.deleted && (running.length > 0 || (watchesNew && loaded.length > 0)),
    refetchInterval: LIVE_MS,
    // What has just been loaded need not be asked for at once again.
    initialData: NOTHING_NEW,
    staleTime: LIVE_MS,
    queryFn: async ({ signal }) => {
      const newest = watchesNew ? searchPage(experimentId, view, '', 20, signal) : undefined;
      const filter = `attributes.run_id IN (${running.map((id) => `'${id}'`).join(', ')})`;
      const under =
        running.length === 0
          ? undefined
          : searchPage(experimentId, { ...view, filter }, '', MOST_LIVE, signal);
      const [first, second] = await Promise.all([newest, under]);
      return { newest: first?.runs ?? [], under: second?.runs ?? [] };
    },
  }).data;
  const now = useMemo(() => new Map(seen?.under.map((run) => [runId(run), run])), [seen]);
  const fresh = useMemo(() => {
    const known = new Set(loaded.map(runId));
    return seen?.newest.filter((run) => !known.has(runId(run))).length ?? 0;
  }, [seen, loaded]);
  return { now, fresh };
}
