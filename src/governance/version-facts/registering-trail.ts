import type { Clock } from '../../platform/clock.js';
import type { Transaction } from '../../platform/db/database.js';
import type { By } from '../../platform/http/operation.js';
import type { JobStore } from '../../platform/jobs/jobs.store.js';
import type { Deed, Trail } from '../../platform/trail.js';
import type { Tag } from '../../registry/tags.js';
import { CARD_TAG, resolveCard } from '../cards/resolve-card.js';
import type { FreezeService, ModelLock } from '../freeze/freeze.service.js';
import type { CardStore } from '../version-cards/cards.store.js';
import type { EvidenceStore } from './evidence.store.js';
import { cardMayEnd } from './promoted-versions.js';

export interface RegisteringParts {
  readonly trail: Trail;
  readonly store: EvidenceStore;
  readonly cards: CardStore;
  readonly freeze: Pick<FreezeService, 'release'>;
  readonly models: ModelLock;
  readonly jobs: JobStore;
  readonly now: Clock;
}

/**
 * Hears of the registry's deeds in their transactions, and notes beside them what follows: when a
 * card was seen first, when it may end, and that the files of a deleted version are free again.
 */
export class RegisteringTrail implements Trail {
  readonly #parts: RegisteringParts;

  constructor(parts: RegisteringParts) {
    this.#parts = parts;
  }

  async record(tx: Transaction, by: By, deed: Deed): Promise<void> {
    await this.#parts.trail.record(tx, by, deed);
    const { action, object, after } = deed;
    if (object.kind !== 'model_version') return;
    const end = object.id.lastIndexOf('/');
    const [name, version] = [object.id.slice(0, end), Number(object.id.slice(end + 1))];
    if (action === 'model_version.set_tag') await this.#tagged(tx, by, name, version, after);
    else if (action === 'model_version.set_card') await this.#cardChanged(tx, name, version);
    else if (action === 'model_version.delete') {
      const model = await this.#parts.models.lock(tx, name);
      if (model !== undefined) await this.#parts.freeze.release(tx, model, version);
    }
  }

  async #tagged(
    tx: Transaction,
    by: By,
    name: string,
    version: number,
    after: unknown,
  ): Promise<void> {
    const { cards, models, now } = this.#parts;
    const { key, value } = after as Tag;
    if (key !== CARD_TAG) return;
    const model = await models.lock(tx, name);
    const resolved = resolveCard([{ place: 'tag', content: value }]);
    if (model === undefined || resolved.kind !== 'card') return;
    await cards.saw(tx, model, version, resolved, now(), by.caller.name);
    await this.#cardChanged(tx, name, version);
  }

  async #cardChanged(tx: Transaction, name: string, version: number): Promise<void> {
    const model = await this.#parts.models.lock(tx, name);
    if (model !== undefined) await cardMayEnd(this.#parts, tx, model, version);
  }
}
