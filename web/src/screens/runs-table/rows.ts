import type { Schema } from '../../shared/api.ts';
import type { Run } from './columns.ts';
import type { Members } from './group-runs.tsx';

/** A line of the table: the head of a group, a run, or the place of runs that are on the way. */
export type Line =
  | {
      readonly kind: 'group';
      readonly id: string;
      readonly value: string | undefined;
      readonly count: number;
      readonly means: ReadonlyMap<string, Mean>;
      readonly open: boolean;
    }
  | { readonly kind: 'run'; readonly run: Run }
  | {
      readonly kind: 'more';
      readonly id: string;
      readonly load: () => void;
      readonly error: Error | null;
    };

export interface Mean {
  readonly mean: number;
  /** Of how many runs. */
  readonly count: number;
}

/** What tells groups apart, also that of the runs without a value. */
export const groupId = (value: string | undefined): string => JSON.stringify(value ?? null);

export const runLines = (runs: readonly Run[]): readonly Line[] =>
  runs.map((run) => ({ kind: 'run', run }));

/** The heads of groups, and below those that are open their runs. */
export function groupLines(
  groups: readonly Schema<'RunGroup'>[],
  open: ReadonlySet<string>,
  members: ReadonlyMap<string, Members>,
): readonly Line[] {
  return groups.flatMap(({ value, count = 0, metrics = [] }): Line[] => {
    const id = groupId(value);
    const means = new Map(
      metrics.map(({ key = '', mean = Number.NaN, count: runs = 0 }) => [
        key,
        { mean, count: runs },
      ]),
    );
    const isOpen = open.has(id);
    const head: Line = { kind: 'group', id, value, count, means, open: isOpen };
    if (!isOpen) return [head];
    const { runs = [], more = () => undefined, error = null } = members.get(id) ?? {};
    const isWhole = members.get(id)?.more === undefined && members.has(id);
    const rest: Line = { kind: 'more', id, load: more, error };
    return [head, ...runLines(runs), ...(isWhole && error === null ? [] : [rest])];
  });
}
