import type { Middleware } from 'openapi-fetch';

/** What is shown of a body that is not MLflow's error JSON, such as a proxy's page. */
const SHOWN = 200;

/** The server, or something before it, has refused a call. */
export class RunledgerError extends Error {
  override readonly name = 'RunledgerError';
  /** MLflow's code, such as `RESOURCE_DOES_NOT_EXIST`; `HTTP_502` where the answer holds none. */
  readonly code: string;
  /** The HTTP status. */
  readonly status: number;
  /** The answer: parsed JSON, or the text where it is not JSON. */
  readonly body: unknown;

  constructor(code: string, message: string, status: number, body: unknown) {
    super(message);
    this.code = code;
    this.status = status;
    this.body = body;
  }
}

/** Turns every answer that is not a success into a thrown {@link RunledgerError}. */
export const throwErrors: Middleware = {
  onResponse: async ({ request, response }) => {
    if (response.ok) return;
    const text = await response.text();
    const body = parsed(text);
    const { error_code: code, message } = fields(body);
    throw new RunledgerError(
      typeof code === 'string' ? code : `HTTP_${response.status}`,
      typeof message === 'string' ? message : describe(request, response, text),
      response.status,
      body,
    );
  },
};

function describe(request: Request, response: Response, text: string): string {
  const said = text.trim().slice(0, SHOWN);
  const { pathname } = new URL(request.url);
  const status = `${response.status} ${response.statusText}`.trim();
  return `${request.method} ${pathname} answered ${status}${said && `: ${said}`}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

const fields = (body: unknown): Readonly<Record<string, unknown>> =>
  typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
