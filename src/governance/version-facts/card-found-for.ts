import type { Reader } from '../../platform/db/database.js';
import {
  CARD_TAG,
  type CardCandidate,
  type ResolvedCard,
  resolveCard,
} from '../cards/resolve-card.js';
import type { CardStore } from '../version-cards/cards.store.js';
import type { Findings } from './evidence.js';
import type { VersionRow } from './origins.store.js';

/** A version, and where a card of it may be. */
interface Places {
  readonly row: VersionRow;
  readonly version: number;
  readonly found?: Findings | undefined;
  /** The one that was given to the server itself. */
  readonly own?: Awaited<ReturnType<CardStore['latest']>>;
}

/** @returns the card that counts, of all places that it may be in */
export async function cardFoundFor(
  cards: Pick<CardStore, 'firstSeen'>,
  reader: Reader,
  { row, version, found, own }: Places,
): Promise<{ readonly resolved: ResolvedCard; readonly attachedAt: number }> {
  const tag = row.tags[CARD_TAG];
  const inMlmodel = found?.mlmodel?.card;
  const candidates: CardCandidate[] = [
    ...(own === undefined ? [] : [{ place: 'endpoint' as const, content: { value: own.card } }]),
    ...(tag === undefined ? [] : [{ place: 'tag' as const, content: tag }]),
    ...(found?.cards ?? []),
    ...(inMlmodel == null ? [] : [{ place: 'mlmodel' as const, content: { value: inMlmodel } }]),
    { place: 'description', content: row.description },
  ];
  const resolved = resolveCard(candidates);
  if (resolved.kind === 'card' && resolved.place === 'endpoint' && own !== undefined) {
    return { resolved, attachedAt: own.creationTimestamp };
  }
  const seen =
    resolved.kind === 'card' &&
    (await cards.firstSeen(reader, row.model, version, resolved.digest));
  return { resolved, attachedAt: seen || row.createdAt };
}
