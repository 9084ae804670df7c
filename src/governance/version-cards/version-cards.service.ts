import { invalidParameter, MlflowError } from '../../errors.js';
import type { Clock } from '../../platform/clock.js';
import type { Database } from '../../platform/db/database.js';
import type { By } from '../../platform/http/operation.js';
import type { Trail } from '../../platform/trail.js';
import { type Card, cardDigest } from '../cards/card.js';
import { readCard } from '../cards/find-card.js';
import type { ModelLock } from '../freeze/freeze.service.js';
import type { ChangeStore } from '../serving/changes.store.js';
import type { StoredVersionFacts } from '../version-facts/version-facts.js';
import type { CardExpectation } from './card-expectation.js';
import type { CardRevision, CardStore } from './cards.store.js';

export interface VersionCardParts {
  readonly database: Database;
  readonly cards: CardStore;
  readonly facts: Pick<StoredVersionFacts, 'cardOf'>;
  readonly models: ModelLock;
  readonly changes: Pick<ChangeStore, 'record'>;
  readonly trail: Trail;
  readonly now: Clock;
}

/** @throws MlflowError 400 for a text that is no card */
export function readNewCard(text: Uint8Array): Card {
  const read = readCard(text);
  if (read.kind === 'card') return read.card;
  throw invalidParameter(read.kind === 'broken' ? read.problem : 'It is no model card.');
}

/** The command of model cards. */
export class VersionCardService {
  readonly #parts: VersionCardParts;

  constructor(parts: VersionCardParts) {
    this.#parts = parts;
  }

  /**
   * Stores a card as a new revision, whatever it lacks: a promotion asks for more. The same card
   * again makes no revision.
   *
   * @param text YAML or JSON
   * @param expected which card has to be the newest so far; what is there already is no conflict,
   *   so that a save may be sent again whose answer was lost
   * @throws MlflowError 400 for a text that is no card, 409 where another card is there
   */
  async put(
    name: string,
    version: number,
    text: Uint8Array,
    expected: CardExpectation | undefined,
    by: By,
  ): Promise<CardRevision> {
    const { database, cards, facts, models, changes, trail, now } = this.#parts;
    const card = readNewCard(text);
    const digest = cardDigest(card);
    return database.write(async (tx) => {
      await models.lock(tx, name);
      const found = await facts.cardOf(tx, name, version);
      const { model } = found;
      const { resolved } = found.pending ?? found;
      const before = resolved.kind === 'card' ? resolved.digest : undefined;
      if (expected !== undefined && before !== digest && !expected(before)) {
        throw new MlflowError(
          'RESOURCE_CONFLICT',
          'The card is not the one that was edited any more: read it again.',
        );
      }
      const last = await cards.latest(tx, model, version);
      if (last?.digest === digest) return last;
      const made = { digest, author: by.caller.name, place: 'endpoint' as const };
      const added = { ...made, creationTimestamp: now() };
      const revision = { ...added, revision: await cards.add(tx, model, version, added, card) };
      await changes.record(tx, name, [{ kind: 'card', version }], revision.creationTimestamp);
      await trail.record(tx, by, {
        action: 'model_version.set_card',
        object: { kind: 'model_version', id: `${name}/${version}` },
        ...(before === undefined ? {} : { before: { digest: before } }),
        after: { digest, revision: revision.revision },
      });
      return revision;
    });
  }
}
