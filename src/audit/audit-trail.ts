import type { Clock } from '../platform/clock.js';
import type { Database, Transaction } from '../platform/db/database.js';
import { fullName } from '../platform/db/workspace.js';
import type { By } from '../platform/http/operation.js';
import type { Deed, Trail } from '../platform/trail.js';
import type { AuditStore } from './audit.store.js';
import { type AuditRow, type Head, nextRow, type Outcome } from './entries.js';
import { FloodGate } from './flood-gate.js';
import { PendingStore } from './pending.store.js';

/** Entries after which a checkpoint is due. */
const CHECKPOINT_EVERY = 256;

export interface AuditTrailParts {
  readonly database: Database;
  readonly store: AuditStore;
  readonly now: Clock;
  /** A checkpoint is due as soon as the transaction has ended. */
  readonly due?: (() => void) | undefined;
  /** There is something to {@link AuditTrail.settle} as soon as the transaction has ended. */
  readonly waiting?: (() => void) | undefined;
}

/** An entry on its way into the log. */
interface Waiting extends By {
  readonly ts: number;
  readonly deed: Deed;
}

/** Entries that get their places in one transaction. */
const AT_ONCE = 256;

/** Kinds of things whose ids begin with a model's name. */
const OF_MODELS: ReadonlySet<string> = new Set([
  ...['registered_model', 'prompt', 'model_version', 'registered_model_alias'],
]);

/**
 * Appends to the audit log. Whoever appends holds the end of the log until the transaction ends,
 * so a command records when it has done everything else: it locks nothing after that, and those
 * that wait for it wait for no more than its commit.
 */
export class AuditTrail implements Trail {
  readonly #parts: AuditTrailParts;
  readonly #gate: FloodGate;
  /** A flood of guesses must not hide what else was refused. */
  readonly #atTheDoor: FloodGate;
  readonly #pending: PendingStore;

  constructor(parts: AuditTrailParts) {
    this.#parts = parts;
    this.#gate = new FloodGate(parts.now);
    this.#atTheDoor = new FloodGate(parts.now);
    this.#pending = new PendingStore(parts.database);
  }

  record(tx: Transaction, by: By, deed: Deed): Promise<void> {
    return this.#append(tx, by, deed, { decision: 'allowed' });
  }

  /**
   * As {@link record}, for what is done a thousand times a second: it is stored in the transaction,
   * and gets its place in the log within a second, with all that were stored meanwhile.
   */
  async recordLater(tx: Transaction, { caller, origin }: By, deed: Deed): Promise<void> {
    const { now, waiting } = this.#parts;
    const { name, method, isAdmin } = caller;
    const named = this.#named(deed);
    const kept: Waiting = { ts: now(), caller: { name, method, isAdmin }, origin, deed: named };
    await this.#pending.add(tx, JSON.stringify(kept));
    waiting?.();
  }

  /** Gives all that wait their places in the log. */
  async settle(): Promise<void> {
    const { database } = this.#parts;
    // Most often there is nothing, and then nobody needs to hold the end of the log.
    while (!(await this.#pending.isEmpty(database.read))) {
      if ((await this.#settleSome()) < AT_ONCE) return;
    }
  }

  /** @returns how many were there */
  #settleSome(): Promise<number> {
    const { database, store, due } = this.#parts;
    return database.write(async (tx) => {
      const head = await store.lockHead(tx);
      const rows: AuditRow[] = [];
      let end: Head = head;
      for (const { body } of await this.#pending.take(tx, AT_ONCE)) {
        const { ts, deed, ...by } = JSON.parse(body) as Waiting;
        const row = nextRow(end, ts, by, deed, { decision: 'allowed' });
        rows.push(row);
        end = { size: row.seq, leafHash: row.leaf_hash };
      }
      await store.appendAll(tx, head, rows);
      if (Math.floor(end.size / CHECKPOINT_EVERY) > Math.floor(head.size / CHECKPOINT_EVERY)) {
        due?.();
      }
      return rows.length;
    });
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
    await this.#appendSome(by, { ...deed, reason: why }, { decision: 'denied', policyVersion });
  }

  /** As {@link recordDenial}, of what would be denied if the policy were enforced. */
  async recordObserved(by: By, deed: Deed, policyVersion?: string): Promise<void> {
    await this.#appendSome(by, deed, { decision: 'allowed', policyVersion });
  }

  async #appendSome(by: By, deed: Deed, outcome: Outcome): Promise<void> {
    const { name, method } = by.caller;
    const gate = deed.action.startsWith('sign_in.') ? this.#atTheDoor : this.#gate;
    const pass = gate.enter([name, method, by.origin.address, deed.action].join('\n'));
    if (pass === undefined) return;
    const { suppressed } = pass;
    const after = suppressed === 0 ? deed.after : { asked: deed.after, suppressed };
    await this.#parts.database.write((tx) => this.#append(tx, by, { ...deed, after }, outcome));
  }

  /** The log is one for all workspaces: what is known by a model's name has its full name there. */
  #named(deed: Deed): Deed {
    const { kind, id } = deed.object;
    if (!OF_MODELS.has(kind)) return deed;
    return { ...deed, object: { kind, id: fullName(this.#parts.database, id) } };
  }

  async #append(tx: Transaction, by: By, deed: Deed, outcome: Outcome): Promise<void> {
    const { store, now, due } = this.#parts;
    const head = await store.lockHead(tx);
    const row = nextRow(head, now(), by, this.#named(deed), outcome);
    await store.append(tx, head, row);
    if (row.seq % CHECKPOINT_EVERY === 0) due?.();
  }
}
