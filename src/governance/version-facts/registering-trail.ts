import type { Clock } from '../../platform/clock.js';
import type { Transaction } from '../../platform/db/database.js';
import type { By } from '../../platform/http/operation.js';
import type { JobStore } from '../../platform/jobs/jobs.store.js';
import type { Deed, Trail } from '../../platform/trail.js';
import type { Tag } from '../../registry/tags.js';
import { CARD_TAG, resolveCard } from '../cards/resolve-card.js';
import type { FreezeService, ModelLock } from '../freeze/freeze.service.js';
import { stageKind } from '../policy/find-profile.js';
import type { Profile } from '../policy/profile.js';
import { releaseOf } from '../semver/plan-semver.js';
import { EXPIRY_JOB } from '../version-cards/card-expiry.js';
import type { CardStore } from '../version-cards/cards.store.js';
import {
  isServing,
  pinServingCard,
  type ServingCardParts,
} from '../version-cards/serving-cards.js';
import type { ServingCardStore } from '../version-cards/serving-cards.store.js';
import type { EvidenceStore } from './evidence.store.js';
import type { Profiles } from './version-facts.js';

export interface RegisteringParts {
  readonly trail: Trail;
  readonly store: EvidenceStore;
  readonly cards: CardStore;
  readonly freeze: Pick<FreezeService, 'release'>;
  readonly models: ModelLock;
  readonly profiles: Profiles;
  readonly jobs: JobStore;
  readonly serving: ServingCardStore;
  readonly facts: ServingCardParts['facts'];
  readonly now: Clock;
}

/**
 * Hears of the registry's deeds in their transactions, and notes beside them what follows: when a
 * card was seen first, which one a version serves with, and that it is a candidate no more.
 */
export class RegisteringTrail implements Trail {
  readonly #parts: RegisteringParts;

  constructor(parts: RegisteringParts) {
    this.#parts = parts;
  }

  async record(tx: Transaction, by: By, deed: Deed): Promise<void> {
    await this.#parts.trail.record(tx, by, deed);
    const { action, object, after } = deed;
    if (action === 'registered_model_alias.set') {
      const at = object.id.lastIndexOf('@');
      const { version } = after as { readonly version: number };
      const target = `alias:${object.id.slice(at + 1)}`;
      const name = object.id.slice(0, at);
      const profile = await this.#parts.profiles.profileOf(tx, name);
      await this.#serves(tx, profile, name, version, target);
    }
    if (object.kind !== 'model_version') return;
    const end = object.id.lastIndexOf('/');
    const [name, version] = [object.id.slice(0, end), Number(object.id.slice(end + 1))];
    if (action === 'model_version.transition') await this.#moved(tx, name, version, after);
    else if (action === 'model_version.set_tag') await this.#tagged(tx, name, version, after);
    else if (action === 'model_version.set_card') await this.#cardChanged(tx, name, version);
    else if (action === 'model_version.delete') {
      const model = await this.#parts.models.lock(tx, name);
      if (model !== undefined) await this.#parts.freeze.release(tx, model, version);
    }
  }

  /** A candidate loses its `-rc.N` where its profile says so. */
  async #moved(tx: Transaction, name: string, version: number, after: unknown): Promise<void> {
    const { store, models, profiles } = this.#parts;
    const { stage } = after as { readonly stage: string };
    const profile = await profiles.profileOf(tx, name);
    await this.#serves(tx, profile, name, version, stage);
    const { prerelease_until: until } = profile.semver;
    const reached = stageKind(profile, stage);
    const isReached = reached === until || (until === 'Staging' && reached === 'Production');
    if (profile.mode === 'compat' || until === 'never' || !isReached) return;
    const model = await models.lock(tx, name);
    const evidence = model === undefined ? undefined : await store.find(tx, model, version);
    if (model === undefined || evidence?.semver === undefined) return;
    const { semver: candidate, numbering } = evidence;
    const semver = releaseOf(candidate, await store.numbers(tx, model));
    if (semver === candidate) return;
    const note = `It was ${candidate} until it reached ${stage}.`;
    const notes = [numbering?.note, note].filter(Boolean).join(' ');
    await store.release(tx, evidence.id, semver, { reasons: [], ...numbering, note: notes });
    if (profile.mode === 'enforce') await store.setTag(tx, model, version, 'semver', semver);
  }

  async #tagged(tx: Transaction, name: string, version: number, after: unknown): Promise<void> {
    const { cards, models, now } = this.#parts;
    const { key, value } = after as Tag;
    if (key !== CARD_TAG) return;
    const model = await models.lock(tx, name);
    const resolved = resolveCard([{ place: 'tag', content: value }]);
    if (model === undefined || resolved.kind !== 'card') return;
    await cards.saw(tx, model, version, resolved.digest, now());
    await this.#cardChanged(tx, name, version);
  }

  /** A version keeps the card that it begins to serve with. */
  async #serves(
    tx: Transaction,
    profile: Profile,
    name: string,
    version: number,
    target: string,
  ): Promise<void> {
    const { models, serving, facts, now } = this.#parts;
    if (profile.mode !== 'enforce' || !isServing(profile, target)) return;
    const model = await models.lock(tx, name);
    if (model === undefined) return;
    await pinServingCard({ serving, facts, now }, tx, { model, name, version });
    await this.#cardChanged(tx, name, version);
  }

  /** Another card may end at another time. */
  async #cardChanged(tx: Transaction, name: string, version: number): Promise<void> {
    const { store, models, jobs, now } = this.#parts;
    const model = await models.lock(tx, name);
    const evidence = model === undefined ? undefined : await store.find(tx, model, version);
    if (evidence === undefined) return;
    const { id } = evidence;
    await jobs.add(tx, EXPIRY_JOB, [{ reference: id, lane: id, due: now() }]);
  }
}
