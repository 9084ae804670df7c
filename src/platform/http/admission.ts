import type { IncomingMessage, ServerResponse } from 'node:http';
import { BusyError, MlflowError } from '../../errors.js';

export interface AdmissionLimits {
  /** Requests that are being answered at one time. */
  readonly requests: number;
  /** The same of one caller; undefined for no bound of its own. */
  readonly requestsPerCaller: number | undefined;
  /** Bytes of JSON bodies that are held at one time. */
  readonly bodyMemory: number;
}

/**
 * What tells whether the server is well must be answered when it is not, and who waits for changes
 * of models waits for hours: those have places of their own.
 */
const EXEMPT: ReadonlySet<string> = new Set(['health', 'ready', 'getMetrics', 'watchModels']);

/** Asks which version is meant only when that changes: those who wait are counted where they wait. */
const WAITS = /[?&]wait=0*[1-9]/;

const isExempt = (operation: string, { req }: ServerResponse): boolean =>
  EXEMPT.has(operation) || (operation === 'resolveModelUri' && WAITS.test(req.url ?? ''));

/** Bodies up to this many bytes are not counted: the bound on requests bounds them as well. */
const SMALL_BODY = 64 * 1024;

/**
 * Lets in as many requests as the server can hold. The rest are refused before they cost anything,
 * with `Retry-After`, which MLflow's clients keep to: 503 where all are too many, 429 where one
 * caller alone is.
 */
export class Admission {
  readonly #limits: AdmissionLimits;
  readonly #byCaller = new Map<string, number>();
  readonly #bodies = new Map<IncomingMessage, number>();
  #requests = 0;
  #bodyMemory = 0;

  /** @returns whether an operation is answered whatever else there is to do */
  static exempts(operation: string): boolean {
    return EXEMPT.has(operation);
  }

  constructor(limits: AdmissionLimits) {
    this.#limits = limits;
  }

  /**
   * Takes a place until the answer has left, or its client.
   *
   * @throws MlflowError 503 when all places are taken
   */
  enter(operation: string, response: ServerResponse): void {
    if (isExempt(operation, response)) return;
    if (this.#requests >= this.#limits.requests) {
      throw new BusyError('The server is answering as many requests as it can hold');
    }
    this.#requests += 1;
    response.once('close', () => {
      this.#requests -= 1;
    });
  }

  /**
   * Takes one of a caller's places in the same way.
   *
   * @throws MlflowError 429 when they are taken
   */
  enterOf(operation: string, caller: string, response: ServerResponse): void {
    const { requestsPerCaller: most } = this.#limits;
    if (most === undefined || isExempt(operation, response)) return;
    const held = this.#byCaller.get(caller) ?? 0;
    if (held >= most) {
      throw new MlflowError(
        'REQUEST_LIMIT_EXCEEDED',
        `${most} requests of this caller are being answered, and no more are taken at one time`,
        { headers: { 'Retry-After': '1' } },
      );
    }
    this.#byCaller.set(caller, held + 1);
    response.once('close', () => {
      const left = (this.#byCaller.get(caller) ?? 1) - 1;
      if (left === 0) this.#byCaller.delete(caller);
      else this.#byCaller.set(caller, left);
    });
  }

  /**
   * Counts what has come of a body so far, until {@link leaveBody}.
   *
   * @throws MlflowError 503 when all bodies together are too large
   */
  holdBody(request: IncomingMessage, size: number): void {
    if (size <= SMALL_BODY) return;
    const known = this.#bodies.get(request) ?? 0;
    if (this.#bodyMemory + size - known > this.#limits.bodyMemory) {
      throw new BusyError('The server is holding as many bytes of requests as it can');
    }
    this.#bodyMemory += size - known;
    this.#bodies.set(request, size);
  }

  /** To be called when a request has been handled, whatever came of it. */
  leaveBody(request: IncomingMessage): void {
    if (this.#bodies.size === 0) return;
    this.#bodyMemory -= this.#bodies.get(request) ?? 0;
    this.#bodies.delete(request);
  }
}
