import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, type Dispatcher, request } from 'undici';
import { VERSION } from '../../version.js';
import { startError } from '../start-error.js';

/** How a server is told who asks. */
export interface ServerCredentials {
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly token?: string | undefined;
}

export interface ServerRequest {
  readonly method?: 'GET' | 'POST';
  /** Behind the address of the server. */
  readonly path: string;
  /** Each value as often as it is in the list. */
  readonly query?: Readonly<Record<string, string | number | readonly string[]>>;
  readonly body?: unknown;
  /** The one that is asked about, of a server that has some. */
  readonly workspace?: string;
}

/** The server has answered, and said no. */
export class ServerRefusal extends Error {
  override readonly name = 'ServerRefusal';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const CONNECT_MS = 10_000;
/** A search of a big server may take long before its first byte. */
const ANSWER_MS = 300_000;
const MAX_TEXT = 512 * 1_024 * 1_024;
const CONNECTIONS = 8;
const ATTEMPTS = 8;
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 30_000;
/** Too much at once, or a proxy whose server is starting. */
const LATER = new Set([429, 502, 503, 504]);

/**
 * Asks the one server that somebody at the command line names, so that its address may be
 * private. Redirects are not followed: they could lead credentials astray. A server that has too
 * much to do is asked again, each time later.
 */
export class ServerClient {
  readonly #base: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #agent: Agent;
  readonly #wait: (ms: number) => Promise<unknown>;
  #hasAnswered = false;

  constructor(
    base: string,
    credentials: ServerCredentials,
    wait: (ms: number) => Promise<unknown> = sleep,
  ) {
    this.#base = base.replace(/\/+$/, '');
    this.#headers = { 'user-agent': `runledger/${VERSION}`, ...authorization(credentials) };
    this.#wait = wait;
    this.#agent = new Agent({
      connect: { timeout: CONNECT_MS },
      connections: CONNECTIONS,
      headersTimeout: ANSWER_MS,
      bodyTimeout: ANSWER_MS,
    });
  }

  /**
   * @returns the text of a good answer
   * @throws ServerRefusal for another one, and Error where there is none
   */
  async text(wanted: ServerRequest): Promise<string> {
    const { body } = await this.#ask(wanted, true);
    return body as string;
  }

  /** @returns the bytes of a good answer, as they come. @throws as {@link text} */
  async bytes(wanted: ServerRequest): Promise<AsyncIterable<Uint8Array>> {
    const { body } = await this.#ask(wanted, false);
    return body as AsyncIterable<Uint8Array>;
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }

  async #ask(
    wanted: ServerRequest,
    isText: boolean,
  ): Promise<{ readonly body: string | AsyncIterable<Uint8Array> }> {
    for (let attempt = 1; ; attempt += 1) {
      const isLast = attempt === ATTEMPTS;
      try {
        const answer = await this.#send(wanted);
        this.#hasAnswered = true;
        const { statusCode: status } = answer;
        if (status === 200) return { body: isText ? await textOf(answer.body) : answer.body };
        const text = await textOf(answer.body).catch(() => '');
        if (!LATER.has(status) || isLast)
          throw new ServerRefusal(status, reasonOf(status, text, wanted.path));
        await this.#wait(waitOf(attempt, answer.headers['retry-after']?.toString()));
      } catch (error) {
        if (error instanceof ServerRefusal || !isPassing(error)) throw error;
        // One that can't be reached at all is told of at once, one that goes away is waited for.
        if (isLast || !this.#hasAnswered)
          throw startError(`The server ${this.#base} does not answer`, error);
        await this.#wait(waitOf(attempt, undefined));
      }
    }
  }

  #send({ method = 'GET', path, query = {}, body, workspace }: ServerRequest) {
    const parameters = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) {
      for (const each of typeof value === 'object' ? value : [String(value)]) {
        parameters.append(name, each);
      }
    }
    const search = parameters.size === 0 ? '' : `?${parameters}`;
    return request(`${this.#base}${path}${search}`, {
      method,
      headers: {
        ...this.#headers,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(workspace === undefined ? {} : { 'x-mlflow-workspace': workspace }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      dispatcher: this.#agent,
    });
  }
}

async function textOf(body: Dispatcher.ResponseData['body']): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += (chunk as Buffer).length;
    if (length > MAX_TEXT) throw new Error(`The server answers with more than ${MAX_TEXT} bytes`);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** What the server says itself, if it does. */
function reasonOf(status: number, text: string, path: string): string {
  try {
    const { message, detail } = JSON.parse(text) as Record<string, unknown>;
    const said = message ?? detail;
    if (typeof said === 'string') return said.slice(0, 500);
  } catch {
    // It has sent a page.
  }
  if (status >= 300 && status < 400) {
    return 'It redirects, which is not followed: name the address that it leads to';
  }
  return `The server answers with status ${status} to ${path}`;
}

function waitOf(attempt: number, retryAfter: string | undefined): number {
  const asked = Number(retryAfter) * 1_000;
  const own = FIRST_WAIT_MS * 2 ** (attempt - 1);
  return Math.min(
    Number.isFinite(asked) && asked > 0 ? Math.max(asked, own) : own,
    LONGEST_WAIT_MS,
  );
}

const PASSING =
  /^(?:ECONN|EPIPE|ETIMEDOUT|EAI_AGAIN|UND_ERR_(?:SOCKET|CONNECT_TIMEOUT|HEADERS_TIMEOUT|BODY_TIMEOUT))/;

function isPassing(error: unknown): boolean {
  const codes = [error, (error as { cause?: unknown } | undefined)?.cause];
  return codes.some((each) => PASSING.test(String((each as { code?: unknown } | undefined)?.code)));
}

function authorization({ username, password, token }: ServerCredentials): Record<string, string> {
  if (username) {
    const pair = Buffer.from(`${username}:${password ?? ''}`).toString('base64');
    return { authorization: `Basic ${pair}` };
  }
  return token ? { authorization: `Bearer ${token}` } : {};
}
