import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sendText } from '../platform/http/reply.js';
import type { SendError } from '../platform/http/send-error.js';
import { buildFiles, decoded } from './build-files.js';
import type { ServePages } from './pages.js';
import { FRAME_POLICY, WEB_POLICY } from './web-policy.js';

/** Where a browser finds the application's files, below the static prefix. */
const FILES = '/web-files/';
/** The page in which HTML artifacts are shown, apart from everything else. */
const FRAME = 'frame.html';
const ONE_YEAR = 31_536_000_000;

export interface WebAppOptions {
  /** The static prefix, which requests no longer have. */
  readonly prefix: string;
  /** Whether people sign in. */
  readonly signedIn: boolean;
  readonly workspaces?: boolean;
  /** The path of the page: `/`, or another where MLflow's own pages have that. */
  readonly at: string;
}

/** The folder that `npm run build` makes, as seen from the sources and from the build. */
export const webFolders = (): readonly string[] =>
  ['../../web', '../../dist/web'].map((path) => fileURLToPath(new URL(path, import.meta.url)));

/**
 * Serves the web application of this project.
 *
 * @param folders the first that holds a build is served
 * @returns undefined where there is none: a server that was not built still serves its API
 */
export async function openWebApp(
  folders: readonly string[],
  { prefix, signedIn, workspaces = false, at }: WebAppOptions,
  sendError: SendError,
): Promise<ServePages | undefined> {
  const found = await firstBuild(folders);
  if (found === undefined) return undefined;
  const { files, pour } = await buildFiles(join(found.folder, 'web-files'), sendError);
  // Links of the page must hold below any prefix, and wherever the page itself lies.
  const page = found.index
    .replaceAll('./web-files/', `${prefix}${FILES}`)
    .replace(
      '<head>',
      `<head><meta name="runledger-sign-in" content="${signedIn ? 'on' : 'off'}">${
        workspaces ? '<meta name="runledger-workspaces" content="on">' : ''
      }`,
    );
  return (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return false;
    const path = decoded(request.url ?? '/');
    if (path === at || (at !== '/' && path === at.slice(0, -1))) {
      sendText(response, 200, 'text/html; charset=utf-8', page, {
        'Content-Security-Policy': WEB_POLICY,
        'Cache-Control': 'no-cache',
        'Referrer-Policy': 'same-origin',
      });
      return true;
    }
    if (path === undefined || !path.startsWith(FILES)) return false;
    const name = path.slice(FILES.length);
    const file = files.get(name);
    if (file === undefined) return false;
    if (name === FRAME)
      pour(request, response, file, { policy: FRAME_POLICY, cacheControl: false });
    else pour(request, response, file, { policy: WEB_POLICY, maxAge: ONE_YEAR, immutable: true });
    return true;
  };
}

async function firstBuild(folders: readonly string[]) {
  for (const folder of folders) {
    const index = await readFile(join(folder, 'index.html'), 'utf8').catch(() => undefined);
    if (index?.includes('./web-files/') === true) return { folder, index };
  }
  return undefined;
}
