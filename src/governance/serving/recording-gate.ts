import type { Clock } from '../../platform/clock.js';
import type { Transaction } from '../../platform/db/database.js';
import type { By } from '../../platform/http/operation.js';
import {
  beforeApplied,
  GateAround,
  type GovernedChange,
  type Move,
  type Passage,
  type PromotionGate,
} from '../../registry/promotion-gate.js';
import { CARD_TAG } from '../cards/resolve-card.js';
import type { ChangeStore, SelectorChange } from './changes.store.js';

export interface RecordingParts {
  readonly changes: ChangeStore;
  readonly now: Clock;
}

/**
 * Any gate, with a note of each change that came through it, in the transaction of the change. It
 * notes in every mode: to watch a model takes no governance.
 */
export class RecordingGate extends GateAround {
  readonly #parts: RecordingParts;

  constructor(gate: PromotionGate, parts: RecordingParts) {
    super(gate);
    this.#parts = parts;
  }

  async open(change: GovernedChange, by: By): Promise<Passage> {
    const passage = await this.inner.open(change, by);
    // First, since what the gate writes down then holds the end of the audit log.
    return beforeApplied(passage, (tx, _, moves) => this.#note(tx, change, moves));
  }

  async #note(tx: Transaction, change: GovernedChange, moves: readonly Move[]): Promise<void> {
    const { changes, now } = this.#parts;
    const time = now();
    const note = (name: string, ...found: SelectorChange[]) =>
      changes.record(tx, name, found, time);
    switch (change.kind) {
      case 'model deletion':
        return note(change.name, { kind: 'model_deleted' });
      case 'model renaming':
        if (change.newName === change.name) return undefined;
        await note(change.name, { kind: 'model_renamed', target: change.newName });
        return note(change.newName, { kind: 'model_renamed', target: change.newName });
      case 'version deletion':
        return note(change.name, { kind: 'version_deleted', version: change.version });
      case 'version creation':
        return note(
          change.name,
          ...moves.map(({ version }) => ({ kind: 'version_created', version }) as const),
        );
      case 'tag setting':
      case 'tag deletion':
        return change.key === CARD_TAG ? note(change.name, { kind: 'card' }) : undefined;
      case 'alias deletion':
        return note(change.name, ...moves.flatMap(changeOf));
      default: {
        const bad = change.rollback?.bad;
        const out: SelectorChange[] =
          bad === undefined ? [] : [{ kind: 'quarantined', version: bad }];
        return note(change.name, ...out, ...moves.flatMap(changeOf));
      }
    }
  }
}

/** What replaced something says where it has gone: only arrivals, and aliases that went, are told. */
function changeOf({ kind, target, version }: Move): SelectorChange[] {
  const alias = target.startsWith('alias:') ? target.slice('alias:'.length) : undefined;
  if (kind === 'entered') {
    return [
      alias === undefined
        ? { kind: 'stage', version, target }
        : { kind: 'alias', version, target: alias },
    ];
  }
  return kind === 'left' && alias !== undefined
    ? [{ kind: 'alias_deleted', version, target: alias }]
    : [];
}
