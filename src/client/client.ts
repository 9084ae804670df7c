import createClient, { type HeadersOptions, mergeHeaders, type ParseAs } from 'openapi-fetch';
import { authorization, type Credentials } from './credentials.js';
import { throwErrors } from './error.js';
import { parseJson, printJson } from './json.js';
import { fillPath } from './path.js';
import { type Fetch, type Retrying, retrying } from './retry.js';
import type { Answer, ClientPaths, RunledgerClient } from './types.js';

export interface RunledgerClientOptions extends Credentials {
  /** Where the server is, with its static prefix if it has one: `http://127.0.0.1:5000`. */
  readonly baseUrl: string;
  /** Sends a request; default: the global `fetch`. */
  readonly fetch?: Fetch | undefined;
  /** Sent with every request. */
  readonly headers?: HeadersOptions | undefined;
  /** How a busy server (429, 503) is asked again. */
  readonly retry?: Retrying | undefined;
}

/** The options of a call, as far as this file looks at them. */
interface Init {
  readonly body?: unknown;
  readonly parseAs?: ParseAs;
  readonly headers?: HeadersOptions;
  readonly fetch?: Fetch;
}

type AnyCall = (
  method: 'get' | 'put' | 'post' | 'delete' | 'patch',
  path: string,
  init: Record<string, unknown>,
) => Promise<{ readonly data?: unknown; readonly response: Response }>;

/**
 * Makes a client whose methods are typed by the contract. An answer that is an error is thrown as
 * a `RunledgerError`. Integers beyond 2^53 are sent and received exactly, as bigint.
 *
 * @throws TypeError when the credentials don't fit together
 */
export function createRunledgerClient(options: RunledgerClientOptions): RunledgerClient {
  const { baseUrl, fetch: send = (request) => globalThis.fetch(request), retry } = options;
  const client = createClient<ClientPaths>({
    baseUrl,
    headers: mergeHeaders(authorization(options), options.headers),
    bodySerializer: (body) => (isBytes(body) ? body : printJson(body)),
    pathSerializer: fillPath,
  });
  client.use(throwErrors);

  // The methods are generic in path and options; here every call is alike.
  const request = client.request.bind(client) as unknown as AnyCall;
  const call =
    (method: Parameters<AnyCall>[0]) =>
    async (path: string, init: Init = {}): Promise<Answer<unknown>> => {
      const { parseAs = 'json', fetch: sendThis = send } = init;
      const streams = init.body instanceof ReadableStream;
      const { data, response } = await request(method, path, {
        ...init,
        ...(isBytes(init.body) && { headers: mergeHeaders(BYTES, init.headers) }),
        ...(streams && { duplex: 'half' }),
        fetch: streams ? sendThis : retrying(sendThis, retry),
        parseAs: parseAs === 'json' ? 'text' : parseAs,
      });
      return { data: parseAs === 'json' ? parseAnswer(data, response) : data, response };
    };
  return {
    GET: call('get'),
    PUT: call('put'),
    POST: call('post'),
    DELETE: call('delete'),
    PATCH: call('patch'),
    use: client.use,
    eject: client.eject,
  } as unknown as RunledgerClient;
}

const BYTES = { 'Content-Type': 'application/octet-stream' };

/** JSON bodies are objects; all else is a file. */
const isBytes = (body: unknown): boolean =>
  typeof body === 'string' ||
  body instanceof ArrayBuffer ||
  ArrayBuffer.isView(body) ||
  body instanceof Blob ||
  body instanceof ReadableStream;

/** Plain text, as of `/version`, comes as it is. */
function parseAnswer(text: unknown, response: Response): unknown {
  if (typeof text !== 'string' || text === '') return undefined;
  const isJson = /\bjson\b/.test(response.headers.get('Content-Type') ?? '');
  return isJson ? parseJson(text) : text;
}
