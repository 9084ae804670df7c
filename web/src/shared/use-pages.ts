import { infiniteQueryOptions, useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';

interface Page {
  readonly next_page_token?: string;
}

/** What is said of the page that is wanted: nothing for the first. */
export interface PageToken {
  readonly page_token?: string;
}

/**
 * A list that the server gives in pages.
 *
 * @param queryKey by which its answers are kept
 * @param ask for one page
 */
export const pagesQuery = <Answer extends Page>(
  queryKey: readonly unknown[],
  ask: (page: PageToken, signal: AbortSignal) => Promise<Answer>,
) =>
  infiniteQueryOptions({
    queryKey,
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      ask(pageParam === '' ? {} : { page_token: pageParam }, signal),
    getNextPageParam: (last: Answer) => last.next_page_token || undefined,
  });

export type PagesQuery<Answer extends Page> = ReturnType<typeof pagesQuery<Answer>>;

/**
 * The pages of a list that were fetched so far, as one list.
 *
 * @param pick the things of a page; one and the same function each time, or they are gathered anew
 * @returns the things, and the query as `Asked` and `More` take it
 */
export function usePages<Answer extends Page, Thing>(
  query: PagesQuery<Answer>,
  pick: (page: Answer) => readonly Thing[] | undefined,
  {
    enabled = true,
    refetchInterval = () => false,
  }: {
    readonly enabled?: boolean;
    /** In how many ms to ask again, as long as things are like this. */
    readonly refetchInterval?: (things: readonly Thing[]) => number | false;
  } = {},
) {
  const list = useInfiniteQuery({
    ...query,
    enabled,
    refetchInterval: ({ state }) =>
      refetchInterval(state.data?.pages.flatMap((page) => pick(page) ?? []) ?? []),
  });
  const { data } = list;
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is picked depends on the query alone.
  const things = useMemo(() => data?.pages.flatMap((page) => pick(page) ?? []) ?? [], [data]);
  return { list, things };
}
