import { type Run, rawValue } from './columns.ts';

/** A line of the table: the head of a group, or a run. */
export type Line =
  | {
      readonly kind: 'group';
      readonly value: string;
      readonly count: number;
      readonly open: boolean;
    }
  | { readonly kind: 'run'; readonly run: Run };

/** Puts runs, which come ordered by the group's column, under heads. */
export function linesOf(
  runs: readonly Run[],
  group: string,
  closed: ReadonlySet<string>,
): readonly Line[] {
  if (group === '') return runs.map((run) => ({ kind: 'run', run }));
  const groups = new Map<string, Run[]>();
  for (const run of runs) {
    const value = rawValue(run, group) ?? '';
    const members = groups.get(value);
    if (members === undefined) groups.set(value, [run]);
    else members.push(run);
  }
  return [...groups].flatMap(([value, members]): Line[] => {
    const open = !closed.has(value);
    const head: Line = { kind: 'group', value, count: members.length, open };
    return open ? [head, ...members.map((run): Line => ({ kind: 'run', run }))] : [head];
  });
}
