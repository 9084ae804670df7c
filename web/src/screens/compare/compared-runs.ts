import { useQueries } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useSearch } from '../../frame/router.ts';
import { api, body } from '../../shared/api.ts';
import { numberOf } from '../../shared/format.ts';
import type { Run } from '../runs-table/columns.ts';

/** The runs that the address names, as MLflow's pages name them too. */
export function useComparedRuns() {
  const [search] = useSearch();
  const text = search.get('runs') ?? '[]';
  const ids = useMemo(() => idsIn(text), [text]);
  return useQueries({
    queries: ids.map((id) => ({
      queryKey: ['run', id],
      queryFn: () =>
        body(api.GET('/api/2.0/mlflow/runs/get', { params: { query: { run_id: id } } })),
    })),
    combine: (results) => ({
      ids,
      isPending: results.some(({ isPending }) => isPending),
      error: results.find(({ error }) => error !== null)?.error ?? undefined,
      runs: results.flatMap(({ data }) => data?.run ?? []),
    }),
  });
}

const idsIn = (text: string): readonly string[] => [...new Set(namesIn(text))].slice(0, 100);

/** Names in the address; they may hold any letter, so they are JSON there. */
export function namesIn(text: string): readonly string[] {
  try {
    const names: unknown = JSON.parse(text);
    return Array.isArray(names) ? names.map(String) : [];
  } catch {
    return [];
  }
}

export const nameOf = (run: Run): string => run.info?.run_name || (run.info?.run_id ?? '');

/** A measure of runs that can be drawn: a metric, or a parameter that is a number. */
export interface Dimension {
  readonly id: string;
  readonly label: string;
  readonly kind: 'metric' | 'param';
  /** One for each run; NaN where it has none. */
  readonly values: readonly number[];
}

/** All that can be drawn of runs; numbers that all share come last. */
export function dimensionsOf(runs: readonly Run[]): readonly Dimension[] {
  const values = new Map<string, number[]>();
  const put = (id: string, index: number, value: number) => {
    const list = values.get(id) ?? Array.from({ length: runs.length }, () => Number.NaN);
    list[index] = value;
    values.set(id, list);
  };
  for (const [index, { data }] of runs.entries()) {
    for (const { key, value } of data?.params ?? []) {
      const number = value === undefined || value.trim() === '' ? Number.NaN : Number(value);
      if (Number.isFinite(number)) put(`params.${key}`, index, number);
    }
    for (const { key, value } of data?.metrics ?? []) put(`metrics.${key}`, index, numberOf(value));
  }
  const spread = (list: readonly number[]) => new Set(list.filter(Number.isFinite)).size > 1;
  return [...values]
    .map(
      ([id, list]): Dimension => ({
        id,
        label: id.slice(id.indexOf('.') + 1),
        kind: id.startsWith('metrics.') ? 'metric' : 'param',
        values: list,
      }),
    )
    .sort((a, b) => Number(spread(b.values)) - Number(spread(a.values)));
}
