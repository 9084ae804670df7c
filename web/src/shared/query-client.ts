import { QueryClient } from '@tanstack/react-query';
import { ApiError } from './api.ts';

/** What the server has said, kept for as long as somebody looks at it. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // A refusal is an answer; only what never arrived, or a server that is busy, is asked again.
      retry: (count, error) => count < 2 && !(error instanceof ApiError && error.status < 500),
    },
  },
});
