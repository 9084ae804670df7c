import type { Clock } from '../../platform/clock.js';
import type { Reader, Transaction } from '../../platform/db/database.js';
import type { ResolvedCard } from '../cards/resolve-card.js';
import type { ServingCard, ServingCardStore } from './serving-cards.store.js';

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
  if (before !== undefined && !(await serving.isApproved(tx, model, version, digest))) return;
  await serving.pin(tx, model, version, { digest, card, place, path, attachedAt }, now());
}

type Proposed = { readonly resolved: ResolvedCard; readonly attachedAt: number };

/** A version that comes back without having been approved anew comes back with its old card. */
export async function servedAgain(
  serving: ServingCardStore,
  reader: Reader,
  { model, version }: { readonly model: number; readonly version: number },
  proposed: Proposed,
): Promise<Proposed> {
  const before = await serving.find(reader, model, version);
  if (before === undefined) return proposed;
  const { resolved } = proposed;
  const isNew =
    resolved.kind === 'card' && (await serving.isApproved(reader, model, version, resolved.digest));
  return isNew ? proposed : asServed(before);
}

/** @returns the card that a version was promoted with, as one that was found */
export function asServed({ attachedAt, path, ...rest }: ServingCard): Proposed {
  const resolved: ResolvedCard = {
    ...{ kind: 'card', conflicts: [], ...rest },
    ...(path === undefined ? {} : { path }),
  };
  return { resolved, attachedAt };
}
