import createClient from 'openapi-fetch';
import type { components, paths } from '../../../src/generated/client-api.js';
import { workspaceHeaders } from './workspace.ts';

/** A type of the contract, by its name there. */
export type Schema<Name extends keyof components['schemas']> = components['schemas'][Name];

/** A refusal of the server, in its own words. */
export class ApiError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status: number) {
    super(message);
    this.name = 'ApiError';
    this.code = code;
    this.status = status;
  }
}

// The bundler would take this for the address of a file, were it one expression.
const here = import.meta.url;
/** Where the server's paths begin: built files lie in `web-files/` below it. */
export const BASE = new URL('..', here).href.replace(/\/$/, '');

/** Whether people sign in here. */
export const SIGN_IN =
  document.querySelector<HTMLMetaElement>('meta[name="runledger-sign-in"]')?.content === 'on';

const client = createClient<paths>({
  baseUrl: BASE,
  credentials: 'same-origin',
  querySerializer: { array: { style: 'form', explode: true } },
});

/** What is asked for is the same in every workspace, also in one that is not there. */
const OF_THE_SERVER = /\/mlflow\/(?:workspaces(?:$|\/)|users\/current$)/;

client.use({
  // The server takes no POST without a type, also where nothing is said in it.
  onRequest({ request, schemaPath }) {
    if (!OF_THE_SERVER.test(schemaPath)) {
      for (const [name, value] of Object.entries(workspaceHeaders())) {
        request.headers.set(name, value);
      }
    }
    if (request.method !== 'POST' || request.headers.has('content-type')) return request;
    return new Request(request, { body: '{}', headers: withJson(request.headers) });
  },
  async onResponse({ response }) {
    if (response.ok) return;
    throw await errorOf(response);
  },
});

function withJson(headers: Headers): Headers {
  const all = new Headers(headers);
  all.set('content-type', 'application/json');
  return all;
}

/** The operations of the contract, typed by it. Each throws an `ApiError` where the server refuses. */
export const api = client;

/** @returns the body of a successful answer */
export async function body<T>(answer: Promise<{ data?: T }>): Promise<T> {
  const { data } = await answer;
  return (data ?? {}) as T;
}

/** Asks for a file, below the server's base. */
export async function fetchFile(path: string, signal?: AbortSignal): Promise<Response> {
  const response = await fetch(`${BASE}${path}`, {
    credentials: 'same-origin',
    headers: workspaceHeaders(),
    ...(signal === undefined ? {} : { signal }),
  });
  if (!response.ok) throw await errorOf(response);
  return response;
}

async function errorOf(response: Response): Promise<ApiError> {
  const text = await response.text();
  if (response.status === 401 && SIGN_IN) leaveForSignIn();
  try {
    const said = JSON.parse(text) as { error_code?: string; message?: string };
    return new ApiError(
      said.error_code ?? `HTTP_${response.status}`,
      said.message ?? text,
      response.status,
    );
  } catch {
    // A proxy in front of the server answers with pages of its own.
    const isPage = /html/i.test(response.headers.get('content-type') ?? '');
    const words = isPage ? '' : text.slice(0, 300);
    return new ApiError(
      `HTTP_${response.status}`,
      words || `The server answered ${response.status}`,
      response.status,
    );
  }
}

/** The session has ended: sign in, and come back to the same page. */
function leaveForSignIn(): void {
  location.assign(`${BASE}/signin${location.hash}`);
}
