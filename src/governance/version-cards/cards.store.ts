import type { Reader, Transaction } from '../../platform/db/database.js';
import type { Card } from '../cards/card.js';
import type { CardPlace, ResolvedCard } from '../cards/resolve-card.js';

/** One revision of a card, wherever it stood. */
export interface CardRevision {
  readonly revision: number;
  readonly digest: string;
  /** Empty for what was found among files: nobody has signed in to put it there. */
  readonly author: string;
  readonly place: CardPlace;
  readonly creationTimestamp: number;
}

/** A card that was not given to the server itself. */
export type FoundCard = Pick<Extract<ResolvedCard, { kind: 'card' }>, 'card' | 'digest' | 'place'>;

const COLUMNS =
  'revision, digest, author, creation_timestamp as "creationTimestamp", model, version';
/** All revisions, which are counted together. */
const REVISIONS =
  `(select ${COLUMNS}, 'endpoint' as place from version_cards ` +
  `union all select ${COLUMNS}, place from version_found_cards) r`;
/** The next number of a version `m`. */
const NEXT =
  'coalesce((select max(c.revision) from (select revision from version_cards ' +
  'where model = m.model and version = m.version union all select revision ' +
  'from version_found_cards where model = m.model and version = m.version) c), 0) + 1';
const OF_VERSION = 'from (select cast(? as bigint) as model, cast(? as bigint) as version) m';

/** SQL of the cards of versions. A revision is never changed. */
export class CardStore {
  /** @returns the last one that was given to the server itself */
  async latest(
    reader: Reader,
    model: number,
    version: number,
  ): Promise<(CardRevision & { readonly card: Card }) | undefined> {
    const row = await reader.first<Omit<CardRevision, 'place'> & { readonly card: string }>({
      sql:
        'select revision, digest, author, creation_timestamp as "creationTimestamp", card ' +
        'from version_cards where model = ? and version = ? order by revision desc limit 1',
      bindings: [model, version],
    });
    return row && { ...row, place: 'endpoint', card: JSON.parse(row.card) as Card };
  }

  /** @returns revisions before one, the newest first */
  history(
    reader: Reader,
    model: number,
    version: number,
    before: number,
    limit: number,
  ): Promise<CardRevision[]> {
    return reader.all<CardRevision>({
      sql:
        `select revision, digest, author, place, "creationTimestamp" from ${REVISIONS} ` +
        'where model = ? and version = ? and revision < ? order by revision desc limit ?',
      bindings: [model, version, before, limit],
    });
  }

  /** Adds a revision behind all there are; its number is counted under the model's lock. */
  async add(
    tx: Transaction,
    model: number,
    version: number,
    { digest, author, creationTimestamp }: Omit<CardRevision, 'revision'>,
    card: Card,
  ): Promise<number> {
    const made = await tx.first<{ revision: number }>({
      sql:
        'insert into version_cards (model, version, revision, digest, author, card, ' +
        `creation_timestamp) select m.model, m.version, ${NEXT}, ?, ?, ?, cast(? as bigint) ` +
        `${OF_VERSION} where true returning revision`,
      bindings: [digest, author, JSON.stringify(card), creationTimestamp, model, version],
    });
    if (made === undefined) throw new Error('A revision has no number');
    return made.revision;
  }

  /**
   * Notes when a card was first seen at a version, and that it is another revision where it is not
   * the last one already.
   *
   * @param author who has put it there, where that is known
   */
  async saw(
    tx: Transaction,
    model: number,
    version: number,
    { digest, place, card }: FoundCard,
    now: number,
    author = '',
  ): Promise<void> {
    const last = await tx.first<{ digest: string }>({
      sql: `select digest from ${REVISIONS} where model = ? and version = ? order by revision desc limit 1`,
      bindings: [model, version],
    });
    if (last?.digest !== digest) {
      await tx.send({
        sql:
          'insert into version_found_cards (model, version, revision, digest, author, place, ' +
          `card, creation_timestamp) select m.model, m.version, ${NEXT}, ?, ?, ?, ?, ` +
          `cast(? as bigint) ${OF_VERSION}`,
        bindings: [digest, author, place, JSON.stringify(card), now, model, version],
      });
    }
    await tx.send({
      sql:
        'insert into version_card_sightings (model, version, digest, first_seen) ' +
        'values (?, ?, ?, ?) on conflict (model, version, digest) do nothing',
      bindings: [model, version, digest, now],
    });
  }

  async firstSeen(
    reader: Reader,
    model: number,
    version: number,
    digest: string,
  ): Promise<number | undefined> {
    const row = await reader.first<{ first_seen: number }>({
      sql:
        'select first_seen from version_card_sightings ' +
        'where model = ? and version = ? and digest = ?',
      bindings: [model, version, digest],
    });
    return row?.first_seen;
  }
}
