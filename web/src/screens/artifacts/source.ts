import { api, body, type Schema } from '../../shared/api.ts';

export type FileInfo = Schema<'FileInfo'>;

/** Where artifacts are looked at: those of a run, or of a logged model. */
export interface Source {
  readonly key: readonly string[];
  list(path: string, token: string): Promise<{ files?: FileInfo[]; next_page_token?: string }>;
  /** The path of a file, below the server's base. */
  file(path: string): string;
}

export const runSource = (runId: string): Source => ({
  key: ['artifacts', 'run', runId],
  list: (path, token) =>
    body(
      api.GET('/api/2.0/mlflow/artifacts/list', {
        params: { query: { run_id: runId, ...paged(path, token) } },
      }),
    ),
  file: (path) => `/get-artifact?${new URLSearchParams({ run_id: runId, path })}`,
});

const paged = (path: string, token: string) => ({
  ...(path === '' ? {} : { path }),
  ...(token === '' ? {} : { page_token: token }),
});
