import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a server sends on one connection, as bytes of HTTP. */
export class RawConnection {
  readonly #socket: Socket;
  readonly #closed: Promise<void>;
  #received = '';

  constructor(port: number) {
    this.#socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    this.#socket.setEncoding('latin1');
    this.#socket.on('data', (text: string) => {
      this.#received += text;
    });
    // A reset is an end like any other here.
    this.#socket.on('error', () => undefined);
    this.#closed = new Promise((resolve) => {
      this.#socket.once('close', () => resolve());
      this.#socket.once('end', () => {
        this.#socket.end();
        resolve();
      });
    });
  }

  get received(): string {
    return this.#received;
  }

  send(text: string | Buffer): this {
    if (this.#socket.writable) this.#socket.write(text);
    return this;
  }

  /** Reads nothing of what comes. */
  pause(): this {
    this.#socket.pause();
    return this;
  }

  /** Says that no more will come. */
  end(): this {
    this.#socket.end();
    return this;
  }

  /** Resolves when the server has closed the connection. */
  closed(): Promise<void> {
    return this.#closed;
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed && this.#socket.readable;
  }

  drop(): void {
    this.#socket.destroy();
  }

  /** Waits for so many whole answers, or for the end of the connection. */
  async answers(count = 1, bodiless = false): Promise<RawAnswer[]> {
    let ended = false;
    void this.#closed.then(() => {
      ended = true;
    });
    for (let round = 0; round < 1_000; round += 1) {
      const answers = parseAnswers(this.#received, bodiless);
      if (answers.length >= count || ended) return answers;
      await sleep(20);
    }
    throw new Error(`No answer, but this: ${this.#received}`);
  }

  async answer(bodiless = false): Promise<RawAnswer> {
    const [answer] = await this.answers(1, bodiless);
    if (answer === undefined) throw new Error('The connection ended without an answer');
    return answer;
  }
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** @param bodiless for answers to HEAD, which name a length and have no body */
function parseAnswers(text: string, bodiless: boolean): RawAnswer[] {
  const answers: RawAnswer[] = [];
  let rest = text;
  for (;;) {
    const end = rest.indexOf('\r\n\r\n');
    if (end === -1) return answers;
    const [first = '', ...lines] = rest.slice(0, end).split('\r\n');
    const headers = new Map(
      lines.map((line) => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
      }),
    );
    const status = Number(first.split(' ')[1]);
    const isInterim = status < 200;
    const length = bodiless || isInterim ? 0 : Number(headers.get('content-length') ?? 0);
    if (rest.length < end + 4 + length) return answers;
    answers.push({ status, headers, body: rest.slice(end + 4, end + 4 + length) });
    rest = rest.slice(end + 4 + length);
  }
}

/** The head of a request that the server takes, with its closing empty line. */
export const head = (line: string, headers: Readonly<Record<string, string>> = {}): string =>
  [
    `${line} HTTP/1.1`,
    ...Object.entries({ Host: 'localhost', ...headers }).map(
      ([name, value]) => `${name}: ${value}`,
    ),
    '',
    '',
  ].join('\r\n');

/** A whole JSON request. */
export function post(path: string, message: object): string {
  const body = JSON.stringify(message);
  const headers = {
    'Content-Type': 'application/json',
    'Content-Length': String(Buffer.byteLength(body)),
  };
  return head(`POST ${path}`, headers) + body;
}
