import type { IncomingMessage, ServerResponse } from 'node:http';
import { acceptsGzip, sendPacked, varying, WORTH_PACKING } from './compress.js';
import { printJson } from './wire-json.js';

/** An answer that is more than a JSON value: ready-made text, or something that sends itself. */
export class Reply<Answer = unknown> {
  readonly send: (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;
  /** Ties the text to the answer's type in the contract; it is never there at run time. */
  declare readonly answer: Answer;

  constructor(send: Reply['send']) {
    this.send = send;
  }
}

/** JSON that is text already. */
export class JsonReply<Answer = unknown> extends Reply<Answer> {
  readonly text: string;

  constructor(text: string) {
    super((_, response) => sendText(response, 200, 'application/json', text));
    this.text = text;
  }
}

/** JSON that the database has printed already. */
export const jsonText = <Answer>(text: string): Reply<Answer> => new JsonReply(text);

/** A few words of plain text. */
export const plainText = (text: string, type = 'text/plain'): Reply<never> =>
  new Reply((_, response) => sendText(response, 200, type, text));

/** Nothing at all, in 0 bytes. */
export const emptyBody = (): Reply<never> =>
  new Reply((_, response) => {
    response.writeHead(200, headersOf(response, { 'Content-Length': 0 }));
    response.end();
  });

/** What was made, by its status too. */
export const created = <Answer>(value: Answer): Reply<Answer> =>
  new Reply((_, response) => sendJson(response, 201, value));

/** Nothing at all, by its status too. */
export const noContent = (): Reply<never> =>
  new Reply((_, response) => {
    response.writeHead(204, headersOf(response, {}));
    response.end();
  });

type Headers = Readonly<Record<string, string | number>>;

const COMMON = Symbol('headers that every answer carries');

/**
 * Notes headers for whatever answer follows. Node prints headers that come with `writeHead` in one
 * go, and those set one by one before it with several times the work.
 */
export function addHeaders(response: ServerResponse, headers: Headers): void {
  const holder = response as { [COMMON]?: Headers };
  holder[COMMON] = holder[COMMON] === undefined ? headers : { ...holder[COMMON], ...headers };
}

/** @returns the headers of an answer, those noted for it included, for `writeHead` */
export function headersOf(response: ServerResponse, own: Headers): Record<string, string | number> {
  return { ...(response as { [COMMON]?: Headers })[COMMON], ...own };
}

/**
 * Sends header and body in one write: split in two they wait for each other on the wire. A long
 * text is packed where the client asks for that.
 */
export function sendText(
  response: ServerResponse,
  status: number,
  type: string,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  const all = headersOf(response, { ...headers, 'Content-Type': type });
  const isLong = text.length >= WORTH_PACKING;
  if (isLong && acceptsGzip(response.req)) {
    sendPacked(response, status, text, all);
    return;
  }
  response.writeHead(status, {
    ...(isLong ? varying(all) : all),
    'Content-Length': Buffer.byteLength(text),
  });
  response.end(text);
}

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  sendText(response, status, 'application/json', printJson(value ?? {}));
}
