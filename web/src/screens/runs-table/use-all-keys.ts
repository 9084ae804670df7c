import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { api, body } from '../../shared/api.ts';
import { sortedKeys } from './columns.ts';
import type { Keys } from './run-language.ts';

/**
 * The keys of all runs of an experiment: of those at hand, and where there are more, what the
 * server finds. What it can't tell is no reason to show less.
 */
export function useAllKeys(
  experimentId: string,
  deleted: boolean,
  atHand: Keys,
  hasMore: boolean,
): Keys {
  const found = useQuery({
    queryKey: ['run-keys', experimentId, deleted],
    enabled: hasMore,
    staleTime: 300_000,
    queryFn: ({ signal }) =>
      body(
        api.POST('/api/runledger/v1/runs/keys', {
          signal,
          body: {
            experiment_ids: [experimentId],
            run_view_type: deleted ? 'DELETED_ONLY' : 'ACTIVE_ONLY',
          },
        }),
      ),
  }).data;
  return useMemo(() => {
    if (found === undefined) return atHand;
    const of = (kind: keyof Keys) => new Set([...atHand[kind], ...(found[kind] ?? [])]);
    return sortedKeys({ metrics: of('metrics'), params: of('params'), tags: of('tags') });
  }, [atHand, found]);
}
