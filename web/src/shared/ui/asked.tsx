import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ErrorNote } from './error-note.tsx';
import { Loading } from './loading.tsx';

/** What was asked of the server: grey lines until it comes, its words where it refuses. */
export function Asked<T>({
  query,
  lines = 4,
  children,
}: {
  readonly query: Pick<UseQueryResult<T>, 'data' | 'error' | 'refetch'>;
  readonly lines?: number;
  readonly children: (data: T) => ReactNode;
}) {
  if (query.data !== undefined) return children(query.data);
  if (query.error === null) return <Loading lines={lines} />;
  return <ErrorNote error={query.error} retry={() => void query.refetch()} />;
}
