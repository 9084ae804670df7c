import type { Clock } from '../platform/clock.js';
import type { Database, Transaction } from '../platform/db/database.js';
import type { By } from '../platform/http/operation.js';
import type { Deed, Trail } from '../platform/trail.js';
import type { AuditStore } from './audit.store.js';
import { nextRow, type Outcome } from './entries.js';
import { FloodGate } from './flood-gate.js';

/** Entries after which a checkpoint is due. */
const CHECKPOINT_EVERY = 256;

export interface AuditTrailParts {
  readonly database: Database;
  readonly store: AuditStore;
  readonly now: Clock;
  /** A checkpoint is due as soon as the transaction has ended. */
  readonly due?: (() => void) | undefined;
}

/**
 * Appends to the audit log. Whoever appends holds the end of the log until the transaction ends,
 * so a command records when it has done everything else: it locks nothing after that, and those
 * that wait for it wait for no more than its commit.
 */
export class AuditTrail implements Trail {
  readonly #parts: AuditTrailParts;
  readonly #gate: FloodGate;

  constructor(parts: AuditTrailParts) {
    this.#parts = parts;
    this.#gate = new FloodGate(parts.now);
  }

  record(tx: Transaction, by: By, deed: Deed): Promise<void> {
    return this.#append(tx, by, deed, { decision: 'allowed' });
  }

  /** As {@link record}, with the version of the policy that has decided. */
  recordDecision(tx: Transaction, by: By, deed: Deed, policyVersion: string): Promise<void> {
    return this.#append(tx, by, deed, { decision: 'allowed', policyVersion });
  }

  /**
   * Records in a transaction of its own that somebody was not let do something. What is refused
   * again and again is recorded a few times a minute, and then with how many were left out.
   *
   * @param why what was missing, in words
   */
  async recordDenial(by: By, deed: Deed, why: string, policyVersion?: string): Promise<void> {
    const { name, method } = by.caller;
    const pass = this.#gate.enter([name, method, by.origin.address, deed.action].join('\n'));
    if (pass === undefined) return;
    const { suppressed } = pass;
    const after = suppressed === 0 ? deed.after : { asked: deed.after, suppressed };
    await this.#parts.database.write((tx) =>
      this.#append(tx, by, { ...deed, after, reason: why }, { decision: 'denied', policyVersion }),
    );
  }

  async #append(tx: Transaction, by: By, deed: Deed, outcome: Outcome): Promise<void> {
    const { store, now, due } = this.#parts;
    const head = await store.lockHead(tx);
    const row = nextRow(head, now(), by, deed, outcome);
    await store.append(tx, head, row);
    if (row.seq % CHECKPOINT_EVERY === 0) due?.();
  }
}
