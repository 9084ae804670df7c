import { useCallback, useEffect, useMemo, useState } from 'react';
import type { Column } from './columns.ts';
import { GroupRuns, type Members } from './group-runs.tsx';
import { useGroups } from './groups-query.ts';
import { groupId, groupLines } from './rows.ts';
import type { View } from './view.ts';

/** The lines of a table whose runs are in groups, and what fetches the runs of those that are open. */
export function useGrouped(experimentId: string, view: View, columns: readonly Column[]) {
  const { pages, groups, names, runs: count, isPartial } = useGroups(experimentId, view, columns);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const [members, setMembers] = useState<ReadonlyMap<string, Members>>(new Map());
  // Another view has other groups.
  const shown = [experimentId, view.group, view.filter, view.deleted].join('\n');
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is shown is all that counts.
  useEffect(() => {
    setOpen(new Set());
    setMembers(new Map());
  }, [shown]);
  const onMembers = useCallback(
    (value: string | undefined, found: Members) =>
      setMembers((before) => new Map(before).set(groupId(value), found)),
    [],
  );
  const toggle = useCallback(
    (id: string) =>
      setOpen((before) => {
        const next = new Set(before);
        if (!next.delete(id)) next.add(id);
        return next;
      }),
    [],
  );
  const opened = groups.filter(({ value }) => open.has(groupId(value)));
  const lines = useMemo(() => groupLines(groups, open, members), [groups, open, members]);
  const runs = useMemo(
    () => lines.flatMap((line) => (line.kind === 'run' ? [line.run] : [])),
    [lines],
  );
  const fetchers = opened.map(({ value }) => (
    <GroupRuns key={groupId(value)} {...{ experimentId, view, value, onMembers }} />
  ));
  return { pages, groups, names, count, isPartial, lines, runs, fetchers, toggle };
}
