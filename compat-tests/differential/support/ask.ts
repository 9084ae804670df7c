import { Agent, type IncomingHttpHeaders, request as openRequest } from 'node:http';
import { parse as parseLossless } from 'lossless-json';

/** One HTTP request, as it goes to a server. */
export interface Question {
  readonly method: string;
  /** With its query string, percent-encoded. */
  readonly path: string;
  /** An object is sent as JSON; text and bytes as they are. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The parsed body, or undefined when it is not JSON. */
  readonly json: unknown;
}

const agent = new Agent({ keepAlive: true, maxSockets: 4 });
const TIMEOUT_MS = 60_000;

/** Asks one server. Rejects only when there is no answer at all. */
export async function ask(url: string, question: Question): Promise<Answer> {
  try {
    return await askOnce(url, question);
  } catch (error) {
    // A kept connection that the server was about to close.
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ECONNRESET' || code === 'EPIPE') return askOnce(url, question, false);
    throw error;
  }
}

function askOnce(
  url: string,
  { method, path, body, headers }: Question,
  connections: Agent | false = agent,
): Promise<Answer> {
  const payload = payloadOf(body);
  const typed = body === undefined ? {} : { 'content-type': 'application/json' };
  const length = payload === undefined ? {} : { 'content-length': String(payload.length) };
  const sent = Object.entries({ ...typed, ...length, ...headers }).filter(([, value]) => value);
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const options = {
      ...{ hostname, port, method, path },
      agent: connections,
      headers: Object.fromEntries(sent),
      timeout: TIMEOUT_MS,
    };
    const outgoing = openRequest(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const { statusCode = 0 } = response;
        resolve({ status: statusCode, headers: response.headers, text, json: parse(text) });
      });
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error(`No answer in ${TIMEOUT_MS} ms`)));
    outgoing.on('error', reject);
    outgoing.end(payload);
  });
}

function payloadOf(body: unknown): Buffer | undefined {
  if (body === undefined) return undefined;
  if (Buffer.isBuffer(body)) return body;
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body), 'utf8');
}

/**
 * Integers that a double would round are kept as text. Stock answers some routes with bare NaN
 * tokens, which are no JSON: they are taken as the text "NaN", which ours answers.
 */
function parse(text: string): unknown {
  for (const candidate of [
    text,
    text.replace(/(?<=[:[,]\s*)(NaN|-?Infinity)(?=\s*[,\]}])/g, '"$1"'),
  ]) {
    try {
      return parseLossless(candidate, undefined, { parseNumber });
    } catch {
      // Not JSON, or with tokens that are none.
    }
  }
  return undefined;
}

/** A double may be printed as a long integer: then reading it as one loses nothing. */
const parseNumber = (text: string): unknown =>
  /^-?\d{16,}$/.test(text) && !Number.isSafeInteger(Number(text)) && String(Number(text)) !== text
    ? `int ${text}`
    : Number(text);
