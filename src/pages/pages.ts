import { readdir, stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join, sep } from 'node:path';
import send from 'send';
import { MlflowError } from '../errors.js';
import { headersOf } from '../platform/http/reply.js';
import type { SendError } from '../platform/http/send-error.js';
import { PAGES_POLICY } from './policy.js';

/** Answers what is asked for MLflow's web pages; false when the request is for something else. */
export type ServePages = (request: IncomingMessage, response: ServerResponse) => boolean;

/** Where a browser finds the files of the build, below the static prefix. */
const FILES = '/static-files/';
/** Names of built files change with their content, so `mlflow server` lets browsers keep them. */
const FOUR_WEEKS = 2_419_200_000;

/**
 * Serves the built web pages of an installed `mlflow` package. Its files are listed once, at the
 * start, and a request is looked up in that list: no text of a client ever becomes a path.
 *
 * @param folder the package's folder, or `server/js/build` in it
 * @throws Error with one sentence when there is no build
 */
export async function openPages(folder: string, sendError: SendError): Promise<ServePages> {
  const root = await buildIn(folder);
  const files = await filesBelow(root);
  return (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return false;
    const path = decoded(request.url ?? '/');
    if (path === '/') {
      pour(request, response, '/index.html', { cacheControl: false });
      return true;
    }
    if (path === undefined || !path.startsWith(FILES)) return false;
    const file = files.get(path.slice(FILES.length));
    if (file === undefined) return false;
    pour(request, response, file, { maxAge: FOUR_WEEKS });
    return true;
  };

  function pour(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    caching: send.SendOptions,
  ): void {
    const own = {
      'Content-Security-Policy': PAGES_POLICY,
      ...(caching.cacheControl === false ? { 'Cache-Control': 'no-cache' } : {}),
    };
    for (const [name, value] of Object.entries(headersOf(response, own))) {
      response.setHeader(name, value);
    }
    send(request, path, { root, dotfiles: 'allow', index: false, ...caching })
      .on('error', (error: Error & { readonly status?: number }) => {
        sendError(refusalOf(error, request), request, response);
      })
      .pipe(response);
  }
}

/** What `send` refuses: a file that has gone since the start, a range that is none of it. */
function refusalOf(error: Error & { readonly status?: number }, request: IncomingMessage): Error {
  const { status = 500 } = error;
  if (status >= 500) return error;
  const code = status === 404 ? 'ENDPOINT_NOT_FOUND' : 'INVALID_PARAMETER_VALUE';
  return new MlflowError(code, `There is no such file or range: GET ${request.url}`, { status });
}

/** @returns the folder that holds `index.html` */
async function buildIn(folder: string): Promise<string> {
  for (const candidate of [folder, join(folder, 'server', 'js', 'build')]) {
    const index = await stat(join(candidate, 'index.html')).catch(() => undefined);
    if (index?.isFile()) return candidate;
  }
  throw new Error(
    `--mlflow-ui: '${folder}' holds no built pages; name the folder of an installed mlflow ` +
      'package (.../site-packages/mlflow) or its server/js/build',
  );
}

/** @returns for each file the name in a URL, and the percent-encoded path that `send` is given */
async function filesBelow(root: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return new Map(
    entries
      .filter((entry) => !entry.isDirectory())
      .map(({ parentPath, name }) => {
        const parts = join(parentPath, name).slice(root.length).split(sep).filter(Boolean);
        return [parts.join('/'), `/${parts.map(encodeURIComponent).join('/')}`];
      }),
  );
}

/** Decodes once; undefined for what is no percent-encoding. */
function decoded(url: string): string | undefined {
  try {
    return decodeURIComponent(url.split('?', 1)[0] ?? '');
  } catch {
    return undefined;
  }
}
