import { useEffect } from 'react';
import type { Run } from './columns.ts';
import { groupFilter, isOfGroup } from './group-condition.ts';
import { useRuns } from './runs-query.ts';
import type { View } from './view.ts';

/** What is known of the runs of an open group. */
export interface Members {
  readonly runs: readonly Run[];
  /** Asks for the next page; undefined where all are here. */
  readonly more: (() => void) | undefined;
  readonly error: Error | null;
}

/** Fetches the runs of an open group, in pages, for the table that shows them. */
export function GroupRuns({
  experimentId,
  view,
  value,
  onMembers,
}: {
  readonly experimentId: string;
  readonly view: View;
  readonly value: string | undefined;
  readonly onMembers: (value: string | undefined, members: Members) => void;
}) {
  const { group, filter } = view;
  const own = { ...view, group: '', filter: groupFilter(filter, group, value) };
  const { pages, runs } = useRuns(experimentId, own, { watchesNew: false });
  const { isPending, hasNextPage, isFetchingNextPage, fetchNextPage, error } = pages;
  const waits = isPending || hasNextPage;
  useEffect(() => {
    onMembers(value, {
      runs: runs.filter((run) => isOfGroup(run, group, value)),
      error,
      more: waits
        ? () => {
            if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
          }
        : undefined,
    });
  }, [onMembers, value, group, runs, error, waits, hasNextPage, isFetchingNextPage, fetchNextPage]);
  return null;
}
