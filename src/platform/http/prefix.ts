import type { IncomingMessage, ServerResponse } from 'node:http';
import { headersOf } from './reply.js';

/** MLflow's clients reach proxied files without the static prefix too. */
const UNPREFIXED = /^\/api\/2\.0\/mlflow-artifacts\/artifacts\/./;

/** What to do with a request: answer it under this URL, say that there is nothing, or nothing more. */
export type Placement = { readonly url: string } | 'elsewhere' | 'answered';

/**
 * Finds what a request means on a server whose routes all lie below a prefix.
 *
 * @param prefix such as `/tracking`; empty for none
 */
export function placer(
  prefix: string,
): (request: IncomingMessage, response: ServerResponse) => Placement {
  if (prefix === '') return ({ url = '/' }) => ({ url });
  return ({ url = '/' }, response) => {
    if (url.startsWith(`${prefix}/`)) return { url: url.slice(prefix.length) };
    if (url === prefix || url.startsWith(`${prefix}?`)) {
      const location = `${prefix}/${url.slice(prefix.length)}`;
      response.writeHead(308, headersOf(response, { Location: location, 'Content-Length': 0 }));
      response.end();
      return 'answered';
    }
    return UNPREFIXED.test(url) ? { url } : 'elsewhere';
  };
}
