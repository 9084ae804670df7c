import { readdir } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join, sep } from 'node:path';
import send from 'send';
import { MlflowError } from '../errors.js';
import { headersOf } from '../platform/http/reply.js';
import type { SendError } from '../platform/http/send-error.js';

/** How a browser is to hold what it is sent. */
export interface Holding extends send.SendOptions {
  /** The content security policy of the answer. */
  readonly policy: string;
}

/** Files of a built application. */
export interface BuildFiles {
  /** Percent-encoded path that `send` is given, for each name as it stands in a URL. */
  readonly files: ReadonlyMap<string, string>;
  pour(request: IncomingMessage, response: ServerResponse, path: string, holding: Holding): void;
}

/**
 * Lists the files of a build once, at the start. A request is looked up in that list: no text of
 * a client ever becomes a path.
 */
export async function buildFiles(root: string, sendError: SendError): Promise<BuildFiles> {
  const files = await filesBelow(root);
  return {
    files,
    pour(request, response, path, { policy, ...caching }) {
      const own = {
        'Content-Security-Policy': policy,
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
    },
  };
}

/** What `send` refuses: a file that has gone since the start, a range that is none of it. */
function refusalOf(error: Error & { readonly status?: number }, request: IncomingMessage): Error {
  const { status = 500 } = error;
  if (status >= 500) return error;
  const code = status === 404 ? 'ENDPOINT_NOT_FOUND' : 'INVALID_PARAMETER_VALUE';
  return new MlflowError(code, `There is no such file or range: GET ${request.url}`, { status });
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
export function decoded(url: string): string | undefined {
  try {
    return decodeURIComponent(url.split('?', 1)[0] ?? '');
  } catch {
    return undefined;
  }
}
