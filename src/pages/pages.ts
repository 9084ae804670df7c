import { stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { SendError } from '../platform/http/send-error.js';
import { buildFiles, decoded } from './build-files.js';
import { PAGES_POLICY } from './policy.js';

/** Answers what is asked for web pages; false when the request is for something else. */
export type ServePages = (request: IncomingMessage, response: ServerResponse) => boolean;

/** Where a browser finds the files of the build, below the static prefix. */
const FILES = '/static-files/';
/** Names of built files change with their content, so `mlflow server` lets browsers keep them. */
const FOUR_WEEKS = 2_419_200_000;

/**
 * Serves the built web pages of an installed `mlflow` package.
 *
 * @param folder the package's folder, or `server/js/build` in it
 * @throws Error with one sentence when there is no build
 */
export async function openPages(folder: string, sendError: SendError): Promise<ServePages> {
  const { files, pour } = await buildFiles(await buildIn(folder), sendError);
  const policy = PAGES_POLICY;
  return (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return false;
    const path = decoded(request.url ?? '/');
    if (path === '/') {
      pour(request, response, '/index.html', { policy, cacheControl: false });
      return true;
    }
    if (path === undefined || !path.startsWith(FILES)) return false;
    const file = files.get(path.slice(FILES.length));
    if (file === undefined) return false;
    pour(request, response, file, { policy, maxAge: FOUR_WEEKS });
    return true;
  };
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
