import type { Reader, Transaction } from '../../platform/db/database.js';
import type { Card } from '../cards/card.js';

/** One revision of a card that was given to the server itself. */
export interface CardRevision {
  readonly revision: number;
  readonly digest: string;
  readonly author: string;
  readonly creationTimestamp: number;
}

const COLUMNS = 'revision, digest, author, creation_timestamp as "creationTimestamp"';

/** SQL of the cards of versions. A revision is never changed. */
export class CardStore {
  async latest(
    reader: Reader,
    model: number,
    version: number,
  ): Promise<(CardRevision & { readonly card: Card }) | undefined> {
    const row = await reader.first<CardRevision & { readonly card: string }>({
      sql:
        `select ${COLUMNS}, card from version_cards where model = ? and version = ? ` +
        'order by revision desc limit 1',
      bindings: [model, version],
    });
    return row && { ...row, card: JSON.parse(row.card) as Card };
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
        `select ${COLUMNS} from version_cards where model = ? and version = ? and revision < ? ` +
        'order by revision desc limit ?',
      bindings: [model, version, before, limit],
    });
  }

  async add(
    tx: Transaction,
    model: number,
    version: number,
    { revision, digest, author, creationTimestamp }: CardRevision,
    card: Card,
  ): Promise<void> {
    await tx.send({
      sql:
        'insert into version_cards (model, version, revision, digest, author, card, ' +
        'creation_timestamp) values (?, ?, ?, ?, ?, ?, ?)',
      bindings: [model, version, revision, digest, author, JSON.stringify(card), creationTimestamp],
    });
  }

  /** Notes when a card was first seen at a version. */
  async saw(
    tx: Transaction,
    model: number,
    version: number,
    digest: string,
    now: number,
  ): Promise<void> {
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
