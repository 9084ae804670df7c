import type { Transaction } from '../../platform/db/database.js';
import { newHexId } from '../../platform/ids.js';
import type { Move } from '../../registry/promotion-gate.js';
import type { GateParts } from './gate-parts.js';

/** What moves are stored about. */
export interface Moved {
  readonly model: number;
  readonly name: string;
  readonly by: string;
  readonly comment: string;
  /** Why what was replaced has gone, as the history has it. */
  readonly because?: string;
  /** What the feeds say of a version's move beside it. */
  readonly notes?: ReadonlyMap<number, string>;
}

/** Stores moves in the history and in the feeds of the versions, and that the model has changed. */
export async function storeMoves(
  { history, feed, now }: Pick<GateParts, 'history' | 'feed' | 'now'>,
  tx: Transaction,
  moves: readonly Move[],
  { model, name, by, comment, because = 'replaced', notes }: Moved,
): Promise<void> {
  const time = now();
  // Whoever leaves a place twice, or comes and leaves, is looked for when the first is stored.
  const moved = new Set<string>();
  const leave = (version: number, target: string, because: string) => {
    const place = `${version} ${target}`;
    const isBehind = moved.has(place);
    moved.add(place);
    return history.leave(tx, { model, time, by }, version, target, { because, isBehind });
  };
  for (const { kind, version, target, from, bySystem } of moves) {
    if (kind !== 'entered') {
      const left = kind === 'replaced' ? because : kind;
      await leave(version, target, left);
      continue;
    }
    await leave(version, target, 'left');
    await history.enter(tx, { model, name, time, by }, version, target);
    if (target.startsWith('alias:')) continue;
    await feed.add(tx, model, version, {
      id: newHexId(),
      user: by,
      at: time,
      from: from ?? '',
      to: target,
      type: bySystem === true ? 'SYSTEM_TRANSITION' : 'APPLIED_TRANSITION',
      comment: bySystem === true ? '' : comment,
      systemComment:
        notes?.get(version) ??
        (bySystem === true ? 'It followed from a change of another version.' : ''),
    });
  }
  await history.nextGeneration(tx, model);
}
