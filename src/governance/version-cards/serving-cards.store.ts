import type { Reader, Transaction } from '../../platform/db/database.js';
import { DELETED } from '../../registry/versions/versions.js';
import type { Card } from '../cards/card.js';
import { CARD_PLACES, type CardPlace } from '../cards/resolve-card.js';

/** The card that a version serves with. */
export interface ServingCard {
  readonly digest: string;
  readonly card: Card;
  readonly place: CardPlace;
  readonly path?: string | undefined;
  readonly attachedAt: number;
}

/** A version as it is found by its evidence. */
export interface ExpiringVersion {
  readonly model: number;
  readonly name: string;
  readonly version: number;
  readonly stage: string;
  /** What the tag `gov.card` says. */
  readonly flag: string | undefined;
}

/** SQL of the cards that versions serve with, and of what was said of their ends. */
export class ServingCardStore {
  async find(reader: Reader, model: number, version: number): Promise<ServingCard | undefined> {
    const row = await reader.first<{
      readonly digest: string;
      readonly card: string;
      readonly place: string;
      readonly path: string | null;
      readonly attachedAt: number;
    }>({
      sql:
        'select digest, card, place, path, attached_time as "attachedAt" ' +
        'from version_serving_cards where model = ? and version = ?',
      bindings: [model, version],
    });
    if (row === undefined) return undefined;
    const { digest, attachedAt } = row;
    const place = CARD_PLACES.find((known) => known === row.place) ?? 'endpoint';
    const path = row.path ?? undefined;
    return { digest, attachedAt, place, path, card: JSON.parse(row.card) as Card };
  }

  async pin(
    tx: Transaction,
    model: number,
    version: number,
    { digest, card, place, path, attachedAt }: ServingCard,
    now: number,
  ): Promise<void> {
    await tx.send({
      sql:
        'insert into version_serving_cards (model, version, digest, card, place, path, ' +
        'attached_time, pinned_time) values (?, ?, ?, ?, ?, ?, ?, ?) ' +
        'on conflict (model, version) do update set digest = excluded.digest, ' +
        'card = excluded.card, place = excluded.place, path = excluded.path, ' +
        'attached_time = excluded.attached_time, pinned_time = excluded.pinned_time',
      bindings: [
        ...[model, version, digest, JSON.stringify(card), place, path ?? null],
        ...[attachedAt, now],
      ],
    });
  }

  /** @returns whether somebody has approved a version with this card, and it still counts */
  async isApproved(
    reader: Reader,
    model: number,
    version: number,
    digest: string,
  ): Promise<boolean> {
    const row = await reader.first({
      sql:
        'select id from promotion_approvals where model = ? and version = ? ' +
        'and card_digest = ? and dismissed_timestamp is null limit 1',
      bindings: [model, version, digest],
    });
    return row !== undefined;
  }

  /** @returns the version behind its evidence, unless it was deleted */
  async versionOf(reader: Reader, evidence: number): Promise<ExpiringVersion | undefined> {
    const row = await reader.first<
      Omit<ExpiringVersion, 'flag'> & { readonly flag: string | null }
    >({
      sql:
        'select e.model, m.name, e.version, v.current_stage as stage, t.value as flag ' +
        'from version_evidence e join registered_models m on m.id = e.model ' +
        'join model_versions v on v.model = e.model and v.version = e.version ' +
        'left join model_version_tags t on t.model = e.model and t.version = e.version ' +
        "and t.key = 'gov.card' where e.id = ? and v.current_stage <> ?",
      bindings: [evidence, DELETED],
    });
    return row && { ...row, flag: row.flag ?? undefined };
  }

  /** Notes that the end of a card was told. @returns whether it had not been yet */
  async tell(
    tx: Transaction,
    model: number,
    version: number,
    {
      expires,
      days,
      now,
    }: { readonly expires: number; readonly days: number; readonly now: number },
  ): Promise<boolean> {
    const inserted = await tx.run({
      sql:
        'insert into version_card_notices (model, version, expires, days, given_time) ' +
        'values (?, ?, ?, ?, ?) on conflict do nothing',
      bindings: [model, version, expires, days, now],
    });
    return inserted > 0;
  }
}
