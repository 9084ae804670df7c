import { infiniteQueryOptions, useInfiniteQuery, useQueries } from '@tanstack/react-query';
import { useMemo } from 'react';
import { api, body, type Schema } from '../../shared/api.ts';
import { type Column, columnOf, quoted } from './columns.ts';
import { PARENT, type View } from './view.ts';

/** As many metrics as the server counts means of. */
const MOST_METRICS = 20;

/** Groups of all runs that a view finds, with the means of the metrics that it shows. */
const groupsQuery = (experimentId: string, view: View, metrics: readonly string[]) =>
  infiniteQueryOptions({
    queryKey: ['runs', experimentId, 'groups', view.filter, view.deleted, view.group, metrics],
    initialPageParam: '',
    enabled: view.group !== '',
    queryFn: ({ pageParam, signal }) =>
      body(
        api.POST('/api/runledger/v1/runs/groups', {
          signal,
          body: {
            experiment_ids: [experimentId],
            filter: view.filter,
            run_view_type: view.deleted ? 'DELETED_ONLY' : 'ACTIVE_ONLY',
            group_by: quoted(columnOf(view.group)),
            metrics: [...metrics],
            ...(pageParam === '' ? {} : { page_token: pageParam }),
          },
        }),
      ),
    getNextPageParam: (page) => page.next_page_token || undefined,
    staleTime: 60_000,
    placeholderData: (before) => before,
  });

/** @param columns the columns in sight, of which metrics get a mean for each group */
export function useGroups(experimentId: string, view: View, columns: readonly Column[]) {
  const metrics = columns.filter(({ kind }) => kind === 'metrics').map(({ key }) => key);
  const pages = useInfiniteQuery(groupsQuery(experimentId, view, metrics.slice(0, MOST_METRICS)));
  const loaded = view.group === '' ? undefined : pages.data?.pages;
  const groups = useMemo(() => loaded?.flatMap(({ groups = [] }) => groups) ?? [], [loaded]);
  const names = useParentNames(experimentId, view.group === PARENT ? (loaded ?? []) : []);
  const { runs = 0, is_partial: isPartial = false } = loaded?.[0] ?? {};
  return { pages, groups, names, runs, isPartial };
}

/** The names of the runs that others are below, asked for once for each page of groups. */
function useParentNames(
  experimentId: string,
  pages: readonly Schema<'RunGroups'>[],
): ReadonlyMap<string, string> {
  return useQueries({
    queries: pages.map(({ groups = [] }) => {
      const ids = groups.flatMap(({ value }) => (/^\w+$/.test(value ?? '') ? [value] : []));
      return {
        queryKey: ['run-names', experimentId, ids],
        enabled: ids.length > 0,
        queryFn: () =>
          body(
            api.POST('/api/2.0/mlflow/runs/search', {
              body: {
                experiment_ids: [experimentId],
                filter: `attributes.run_id IN (${ids.map((id) => `'${id}'`).join(', ')})`,
                run_view_type: 'ALL',
                max_results: 1_000,
              },
            }),
          ),
      };
    }),
    combine: (answers) =>
      new Map(
        answers
          .flatMap(({ data }) => data?.runs ?? [])
          .map(({ info }) => [info?.run_id ?? '', info?.run_name ?? '']),
      ),
  });
}
