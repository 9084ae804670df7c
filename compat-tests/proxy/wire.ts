import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';

/** One exchange with all that client and server told each other, apart from headers of transport. */
export interface WireExchange {
  readonly method: string;
  /** With its query, as it was sent. */
  readonly target: string;
  readonly requestType: string;
  readonly request: Buffer;
  readonly status: number;
  readonly responseType: string;
  readonly response: Buffer;
}

/** Takes down whole exchanges, in the order in which the requests came. */
export class WireRecord {
  readonly #exchanges: Partial<WireExchange>[] = [];
  #open = 0;

  /** Waits until nothing is under way. */
  async exchanges(): Promise<readonly WireExchange[]> {
    while (this.#open > 0) await sleep(5);
    return this.#exchanges as WireExchange[];
  }

  /** @returns what to call with the answer to this request, or without one when there is none */
  begin(incoming: IncomingMessage): (answer?: IncomingMessage) => void {
    this.#open += 1;
    const exchange: { -readonly [Key in keyof WireExchange]?: WireExchange[Key] } = {
      method: incoming.method ?? '',
      target: incoming.url ?? '',
      requestType: mediaType(incoming),
      request: Buffer.alloc(0),
      status: 0,
      responseType: '',
      response: Buffer.alloc(0),
    };
    this.#exchanges.push(exchange);
    collect(incoming, (body) => {
      exchange.request = body;
    });
    return (answer) => {
      if (answer === undefined) {
        this.#open -= 1;
        return;
      }
      exchange.status = answer.statusCode ?? 0;
      exchange.responseType = mediaType(answer);
      collect(answer, (body) => {
        exchange.response = body;
        this.#open -= 1;
      });
    };
  }
}

/** Hands over the whole body, unpacked. Others may read the message at the same time. */
function collect(message: IncomingMessage, done: (body: Buffer) => void): void {
  const chunks: Buffer[] = [];
  message.on('data', (chunk: Buffer) => chunks.push(chunk));
  message.once('close', () =>
    done(unpack(Buffer.concat(chunks), message.headers['content-encoding'])),
  );
}

function unpack(body: Buffer, encoding: string | undefined): Buffer {
  if (body.length === 0) return body;
  if (encoding === 'gzip') return gunzipSync(body);
  if (encoding === 'deflate') return inflateSync(body);
  if (encoding === 'br') return brotliDecompressSync(body);
  return body;
}

const mediaType = ({ headers }: IncomingMessage): string =>
  (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
