import type { IncomingMessage } from 'node:http';
import type { Guard } from './guard.js';
import type { Call, Caller, Origin } from './operation.js';
import { requestIdOf } from './request-id.js';
import type { Scope } from './scope.js';

const USER_AGENT_LENGTH = 256;

/** A call over HTTP. What few handlers ask for is made when they do. */
export class IncomingCall implements Call {
  readonly caller: Caller;
  readonly body: IncomingMessage;
  readonly hold: Call['hold'];
  readonly #guard: Guard;

  constructor(request: IncomingMessage, caller: Caller, guard: Guard, hold?: Call['hold']) {
    this.body = request;
    this.hold = hold;
    this.caller = caller;
    this.#guard = guard;
  }

  get headers(): Call['headers'] {
    return this.body.headers;
  }

  get scope(): Scope {
    return this.#guard.scopeOf(this.caller);
  }

  get origin(): Origin {
    return originOf(this.body, this.#guard.addressOf(this.body));
  }
}

/** @returns where a request has come from, as far as its address can be believed */
export const originOf = (request: IncomingMessage, address: string): Origin => ({
  address,
  userAgent: printable(request.headers['user-agent'] ?? ''),
  requestId: requestIdOf(request),
});

/** A line of a log must stay one line, whatever a client calls itself. */
const printable = (text: string): string =>
  text.slice(0, USER_AGENT_LENGTH).replace(/[^\x20-\x7e]/g, '?');
