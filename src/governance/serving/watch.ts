import type { IncomingMessage, ServerResponse } from 'node:http';
import { MlflowError, notFound } from '../../errors.js';
import type { Database } from '../../platform/db/database.js';
import type { By } from '../../platform/http/operation.js';
import { headersOf, Reply } from '../../platform/http/reply.js';
import type { ChangeFeed } from './change-feed.js';
import type { ChangeStore, StoredChange } from './changes.store.js';
import type { Seats } from './seats.js';
import type { ServingStore } from './serving.store.js';
import type { StillAllowed } from './still-allowed.js';

/** Milliseconds. */
const HEARTBEAT = 10_000;
/** With the second for which a guard remembers, a right that is taken away ends it within two. */
const RECHECK = 800;
/** Bytes that a watcher may be behind; who reads slower comes again where he was. */
const BEHIND = 1024 * 1024;
const BATCH = 1_000;

export interface WatchParts {
  readonly database: Pick<Database, 'read'>;
  readonly feed: Pick<ChangeFeed, 'listen' | 'leave'>;
  readonly changes: Pick<ChangeStore, 'head' | 'oldest' | 'after' | 'generation'>;
  readonly store: Pick<ServingStore, 'live'>;
  readonly watching: Seats;
  readonly stillAllowed: StillAllowed;
}

/**
 * Tells of changes of models as server-sent events. Who names the last event that he had hears of
 * all since; who names none is told first how things stand.
 */
export const watchReply = (
  parts: WatchParts,
  models: readonly string[],
  { caller }: Pick<By, 'caller'>,
): Reply<never> =>
  new Reply(async (request, response) => {
    const leave = parts.watching.take();
    response.once('close', leave);
    try {
      for (const model of models) {
        if ((await parts.store.live(parts.database.read, model)) === undefined) {
          throw notFound(`Registered Model with name=${model} not found`);
        }
      }
      // Whoever has hung up by now is told of nothing, and nobody would say so again.
      if (response.destroyed) return;
      response.writeHead(
        200,
        headersOf(response, {
          'Content-Type': 'text/event-stream',
          'Cache-Control': 'no-cache, no-transform',
          'X-Accel-Buffering': 'no',
          'X-Content-Type-Options': 'nosniff',
        }),
      );
      if (request.method === 'HEAD') {
        response.end();
        return;
      }
      await new Watch(parts, models, request, response, caller.method !== 'nobody').run();
    } finally {
      leave();
    }
  });

/** One stream of events. */
class Watch {
  readonly #parts: WatchParts;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #models: Set<string>;
  readonly #isSignedIn: boolean;
  /** The last change that was sent, or that is older than what is sent. */
  #sent = 0;
  /** What comes while older changes are being read. */
  #early: StoredChange[] | undefined = [];

  constructor(
    parts: WatchParts,
    models: readonly string[],
    request: IncomingMessage,
    response: ServerResponse,
    isSignedIn: boolean,
  ) {
    this.#parts = parts;
    this.#request = request;
    this.#response = response;
    this.#models = new Set(models);
    this.#isSignedIn = isSignedIn;
  }

  async run(): Promise<void> {
    const { feed } = this.#parts;
    const response = this.#response;
    const listener = {
      changed: (changes: readonly StoredChange[]) => this.#take(changes),
      ended: () => response.end(),
    };
    const closed = new Promise<void>((resolve) => response.once('close', resolve));
    const heartbeat = setInterval(() => response.write(': heartbeat\n\n'), HEARTBEAT);
    let isChecking = false;
    const recheck = setInterval(() => {
      if (isChecking || !this.#isSignedIn) return;
      isChecking = true;
      void this.#recheck().finally(() => {
        isChecking = false;
      });
    }, RECHECK);
    try {
      response.write('retry: 1000\n\n');
      const from = await feed.listen(listener);
      await this.#catchUp(from);
      this.#flush();
      await closed;
    } catch (error) {
      // The head of the answer has left: all that is left to say is that there is no more.
      response.destroy();
      if (!(error instanceof MlflowError)) throw error;
    } finally {
      clearInterval(heartbeat);
      clearInterval(recheck);
      feed.leave(listener);
    }
  }

  /** Sends what the watcher has missed, or how things stand. */
  async #catchUp(from: number): Promise<void> {
    const { changes, database } = this.#parts;
    const last = lastEventId(this.#request);
    const oldest = await changes.oldest(database.read);
    // Another server may have told him already what this one has not looked for yet.
    const head = last !== undefined && last > from ? await changes.head(database.read) : from;
    const isKept = last !== undefined && last <= head && last + 1 >= (oldest ?? head + 1);
    if (!isKept) {
      this.#sent = from;
      return this.#sendState(from);
    }
    this.#sent = last;
    for (;;) {
      const models = [...this.#models];
      const missed = await changes.after(database.read, this.#sent, BATCH, models);
      for (const change of missed) this.#send(change);
      if (missed.length < BATCH) return undefined;
    }
  }

  async #sendState(seq: number): Promise<void> {
    const { store, changes, database } = this.#parts;
    for (const model of this.#models) {
      const generation = await changes.generation(database.read, model);
      const live = await store.live(database.read, model);
      this.#write('snapshot', { model, generation, ...live }, seq);
    }
  }

  #take(changes: readonly StoredChange[]): void {
    const own = changes.filter(({ model }) => this.#models.has(model));
    if (own.length === 0) return;
    if (this.#early !== undefined) this.#early.push(...own);
    else for (const change of own) this.#send(change);
  }

  #flush(): void {
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const change of early) this.#send(change);
  }

  #send(change: StoredChange): void {
    if (change.seq <= this.#sent || !this.#models.has(change.model)) return;
    this.#sent = change.seq;
    this.#write('change', toWire(change), change.seq);
  }

  #write(event: string, data: object, seq?: number): void {
    const response = this.#response;
    if (response.destroyed || response.writableEnded) return;
    const id = seq === undefined ? '' : `id: ${seq}\n`;
    response.write(`${id}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    if (response.writableLength > BEHIND) response.destroy();
  }

  /** Ends what the caller may not read any more: one model, or the stream. */
  async #recheck(): Promise<void> {
    for (const model of [...this.#models]) {
      try {
        await this.#parts.stillAllowed(this.#request, model);
      } catch (error) {
        // A database that does not answer has revoked nothing.
        if (!(error instanceof MlflowError) || error.status >= 500) continue;
        this.#models.delete(model);
        this.#write('revoked', { model });
      }
    }
    if (this.#models.size === 0) this.#response.end();
  }
}

/** @returns the number of the event that the client had last; undefined where it names none */
function lastEventId({ headers }: IncomingMessage): number | undefined {
  const text = headers['last-event-id'];
  return typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function toWire({ seq, model, generation, kind, version, target, time }: StoredChange) {
  const named = target === undefined ? {} : { [NAMES[kind] ?? 'target']: target };
  return {
    ...{ seq, model, generation, kind },
    ...(version === undefined ? {} : { version: String(version) }),
    ...named,
    time,
  };
}

/** What the target of a change is. */
const NAMES: Partial<Record<StoredChange['kind'], string>> = {
  stage: 'stage',
  alias: 'alias',
  alias_deleted: 'alias',
  semver: 'semver',
  model_renamed: 'new_name',
};
