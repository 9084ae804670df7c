import type { Clock } from '../../platform/clock.js';
import type { Database } from '../../platform/db/database.js';
import type { By } from '../../platform/http/operation.js';
import type { Log } from '../../platform/log.js';
import { Rounds } from '../../platform/rounds.js';
import type { Trail } from '../../platform/trail.js';
import { UNREVIEWED } from './break-glass.service.js';
import type { BreakGlassStore } from './break-glass.store.js';

export interface ReviewWatchParts {
  readonly database: Database;
  readonly store: BreakGlassStore;
  readonly trail: Trail;
  readonly log: Log;
  readonly now: Clock;
}

/** Milliseconds between two looks. */
const EVERY = 60_000;

const SERVER: By = {
  caller: { name: 'system', isAdmin: false, method: 'nobody' },
  origin: { address: '', userAgent: '', requestId: '' },
};

/** Raises an alarm of each emergency that nobody else has looked at in time. */
export class ReviewWatch {
  readonly #parts: ReviewWatchParts;
  readonly #rounds: Rounds;

  constructor(parts: ReviewWatchParts) {
    this.#parts = parts;
    this.#rounds = new Rounds({
      look: () => this.look(),
      ...{ every: EVERY, log: parts.log },
      failed: 'Reviews of emergencies could not be looked at',
    });
  }

  start(): void {
    this.#rounds.start();
  }

  stop(): Promise<void> {
    return this.#rounds.stop();
  }

  /** One look; of several servers one raises the alarm. */
  async look(): Promise<undefined> {
    const { database, store, trail, log, now } = this.#parts;
    for (const { id, model, principal, ticket } of await store.overdue(database.read, now())) {
      await database.write(async (tx) => {
        if (!(await store.raiseAlarm(tx, id, now()))) return;
        await store.mark(tx, id, UNREVIEWED);
        log.warn({ model, principal, ticket }, 'An emergency was not reviewed in time');
        await trail.record(tx, SERVER, {
          action: 'break_glass.unreviewed',
          object: { kind: 'registered_model', id: model },
          after: { grant_id: id, principal, ticket, 'gov.status': UNREVIEWED },
        });
      });
    }
  }
}
