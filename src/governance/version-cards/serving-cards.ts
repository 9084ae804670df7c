import type { Clock } from '../../platform/clock.js';
import type { Reader, Transaction } from '../../platform/db/database.js';
import type { ResolvedCard } from '../cards/resolve-card.js';
import type { ServingCardStore } from './serving-cards.store.js';

export interface ServingCardParts {
  readonly serving: ServingCardStore;
  readonly facts: {
    /** @returns the card that would count if nothing were approved yet */
    proposedCard(
      reader: Reader,
      model: string,
      version: number,
    ): Promise<{ readonly resolved: ResolvedCard; readonly attachedAt: number }>;
  };
  readonly now: Clock;
}

/**
 * Keeps the card that a version begins to serve with: what is attached to it later is another
 * revision, which counts when it has been approved as the first one was.
 */
export async function pinServingCard(
  { serving, facts, now }: ServingCardParts,
  tx: Transaction,
  key: { readonly model: number; readonly name: string; readonly version: number },
): Promise<void> {
  const { model, name, version } = key;
  const { resolved, attachedAt } = await facts.proposedCard(tx, name, version);
  if (resolved.kind !== 'card') return;
  const { digest, card, place, path } = resolved;
  const before = await serving.find(tx, model, version);
  if (before?.digest === digest) return;
  // A version that comes back without having been approved anew comes back with its old card.
  const isNew = before === undefined || (await serving.isApproved(tx, model, version, digest));
  if (!isNew) return;
  await serving.pin(tx, model, version, { digest, card, place, path, attachedAt }, now());
}
