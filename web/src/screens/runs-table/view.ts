import { useMemo } from 'react';
import { type SetSearch, useSearch } from '../../frame/router.ts';
import { type Column, columnOf, quoted } from './columns.ts';

/** How a list of runs is looked at. All of it stands in the address: to share it is to save it. */
export interface View {
  readonly filter: string;
  /** Undefined while nobody has picked any. */
  readonly columns: readonly string[] | undefined;
  readonly sort: { readonly column: Column; readonly descending: boolean };
  /** A column's id by which runs are grouped, or `parent`. */
  readonly group: string;
  readonly deleted: boolean;
}

export const PARENT = 'tags.mlflow.parentRunId';
const NEWEST = 'attributes.start_time:desc';

export function useView(): [View, SetSearch] {
  const [search, set] = useSearch();
  const text = search.toString();
  const view = useMemo<View>(() => viewOf(new URLSearchParams(text)), [text]);
  return [view, set];
}

/** Reads a view from the parameters of an address. */
export function viewOf(read: URLSearchParams): View {
  const sort = read.get('sort') ?? NEWEST;
  const end = sort.lastIndexOf(':');
  const columns = read.get('columns');
  return {
    filter: read.get('filter') ?? '',
    columns: columns === null ? undefined : namesIn(columns),
    sort: { column: columnOf(sort.slice(0, end)), descending: sort.slice(end + 1) === 'desc' },
    group: read.get('group') ?? '',
    deleted: read.get('deleted') === '1',
  };
}

/** The order in the search language. */
export const orderOf = ({ sort }: View): string[] => [
  `${quoted(sort.column)} ${sort.descending ? 'DESC' : 'ASC'}`,
];

/** Names of columns in the address; keys may hold any letter, so they are JSON there. */
function namesIn(text: string): readonly string[] | undefined {
  try {
    const names: unknown = JSON.parse(text);
    return Array.isArray(names)
      ? names.map(String).filter((name) => name.includes('.'))
      : undefined;
  } catch {
    return undefined;
  }
}
