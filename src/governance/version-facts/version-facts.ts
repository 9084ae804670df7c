import type { Clock } from '../../platform/clock.js';
import type { Reader } from '../../platform/db/database.js';
import { noVersion } from '../../registry/versions/versions.js';
import { type Card, textOf } from '../cards/card.js';
import { type CardState, checkCard, NO_CARD, unreadableCard } from '../cards/check-card.js';
import { type ResolvedCard, resolveCard } from '../cards/resolve-card.js';
import type { IntegrityFacts, VersionFacts } from '../evaluate/facts.js';
import { withReference } from '../gates/contract-reference.js';
import { contractReference, lineageOf } from '../gates/lineage.js';
import type { Measurement } from '../gates/metric-gates.js';
import { isServing } from '../policy/find-profile.js';
import type { Profile } from '../policy/profile.js';
import { refusalIn } from '../semver/plan-semver.js';
import type { CardStore } from '../version-cards/cards.store.js';
import { asServed, servedAgain } from '../version-cards/serving-cards.js';
import type { ServingCard, ServingCardStore } from '../version-cards/serving-cards.store.js';
import { cardFoundFor } from './card-found-for.js';
import type { Dossier, DossierStore } from './dossier.store.js';
import { type Evidence, type Findings, NOT_FOUND } from './evidence.js';
import type { EvidenceStore } from './evidence.store.js';
import { type Origin, originFrom } from './origin.js';
import type { OriginStore, VersionRow } from './origins.store.js';

/** What holds for a model. */
export interface Profiles {
  profileOf(reader: Reader, model: string): Promise<Profile>;
}

export interface VersionFactsParts {
  readonly origins: OriginStore;
  readonly evidence: EvidenceStore;
  readonly dossiers: DossierStore;
  readonly cards: CardStore;
  readonly serving: ServingCardStore;
  readonly profiles: Profiles;
  readonly now: Clock;
  /** Whether this is a user or a group; absent where the server knows no users. */
  readonly isOwnerKnown?: ((reader: Reader, owner: string) => Promise<boolean>) | undefined;
}

/** The card that counts for a version. */
export interface VersionCard {
  /** The key of the model's row. */
  readonly model: number;
  readonly semver: string | undefined;
  readonly state: CardState;
  readonly resolved: ResolvedCard;
  readonly attachedAt: number;
  /** Another one that was attached since, and counts when it is approved. */
  readonly pending?: Pick<VersionCard, 'state' | 'resolved' | 'attachedAt'> | undefined;
}

interface FoundFor extends Pick<VersionCard, 'resolved' | 'attachedAt'> {
  readonly model: string;
  readonly version: number;
  readonly evidence: Evidence | undefined;
}

/** A version with what is stored of it. */
interface KnownVersion {
  readonly model: string;
  readonly version: number;
  readonly row: VersionRow;
  readonly evidence: Evidence | undefined;
  readonly dossier?: Dossier;
}

/** Puts the facts of a version together from what is stored. */
export class StoredVersionFacts {
  readonly #parts: VersionFactsParts;

  constructor(parts: VersionFactsParts) {
    this.#parts = parts;
  }

  /** @throws MlflowError 404 when there is no such version */
  async originOf(reader: Reader, model: string, version: number): Promise<Origin> {
    const { origins } = this.#parts;
    const row = await origins.version(reader, model, version);
    if (row === undefined) throw noVersion(model, version);
    return originFrom(origins, reader, row);
  }

  /** As {@link originOf} of a version whose row is known. */
  originFrom(reader: Reader, row: VersionRow): Promise<Origin> {
    return originFrom(this.#parts.origins, reader, row);
  }

  /** @param known what the version comes from, where the caller has just read it */
  async factsOf(
    reader: Reader,
    model: string,
    version: number,
    known?: Origin,
  ): Promise<VersionFacts> {
    const origin = known ?? (await this.originOf(reader, model, version));
    const { row, run, inputs, params } = origin;
    const dossier = await this.#parts.dossiers.find(reader, row.model, version);
    // What is stored from here on makes another mark.
    const { mark, evidence } = dossier;
    const found = evidence?.found ?? NOT_FOUND;
    const [measured, card, champion] = await Promise.all([
      this.#measured(reader, origin, found.derived),
      this.#cardOf(reader, { model, version, row, evidence, dossier }),
      this.#champion(reader, model, row.model, dossier.champion),
    ]);
    const { state, pending } = card;
    const tagSets = [row.tags, run?.tags ?? {}, ...inputs.map(({ tags }) => tags)];
    return {
      ...{ model, version, params, mark },
      ...(pending === undefined ? {} : { servingCard: state }),
      stage: row.stage,
      semver: evidence?.semver,
      numberRefused: refusalIn(row.failure),
      runId: row.runId,
      card: (pending ?? { state }).state,
      lineage: lineageOf(run?.tags, inputs),
      contract: withReference(found.contract, contractReference(tagSets)),
      metrics: { measured, ...champion },
      format: found.format,
      integrity: integrityIn(dossier),
      trainer: run?.createdBy,
      registeredBy: evidence?.registeredBy || undefined,
    };
  }

  /** @returns the card that counts, of all places that it may be in */
  async resolve(
    reader: Reader,
    row: VersionRow,
    version: number,
    found: Findings | undefined,
  ): Promise<Pick<VersionCard, 'resolved' | 'attachedAt'>> {
    const own = await this.#parts.cards.latest(reader, row.model, version);
    return cardFoundFor(this.#parts.cards, reader, { row, version, found, own });
  }

  /** As {@link resolve} for a version that was just made: the server itself has no card of it. */
  resolveNew(
    reader: Reader,
    row: VersionRow,
    version: number,
  ): Promise<Pick<VersionCard, 'resolved' | 'attachedAt'>> {
    return cardFoundFor(this.#parts.cards, reader, { row, version });
  }

  /**
   * @returns the card that counts with all that is wrong with it, and where it was found
   * @throws MlflowError 404 when there is no such version
   */
  async cardOf(reader: Reader, model: string, version: number): Promise<VersionCard> {
    return this.#cardOf(reader, await this.#known(reader, model, version));
  }

  async #known(reader: Reader, model: string, version: number): Promise<KnownVersion> {
    const { origins, evidence: store } = this.#parts;
    const row = await origins.version(reader, model, version);
    if (row === undefined) throw noVersion(model, version);
    return { model, version, row, evidence: await store.find(reader, row.model, version) };
  }

  async #cardOf(reader: Reader, known: KnownVersion): Promise<VersionCard> {
    const { model, version, row, evidence } = known;
    const about = { model, version, evidence };
    const { hasCard = true, hasServingCard = true } = known.dossier ?? {};
    const found = evidence?.found;
    const proposed = hasCard
      ? await this.resolve(reader, row, version, found)
      : await cardFoundFor(this.#parts.cards, reader, { row, version, found });
    const state = await this.#stateOf(reader, { ...about, ...proposed });
    const its = { model: row.model, semver: evidence?.semver };
    const pinned = hasServingCard
      ? await this.#servingCard(reader, model, version, row)
      : undefined;
    const digest = proposed.resolved.kind === 'card' ? proposed.resolved.digest : undefined;
    if (pinned === undefined || pinned.digest === digest) return { ...its, ...proposed, state };
    const served = asServed(pinned);
    const now = await this.#stateOf(reader, { ...about, ...served });
    const pending = proposed.resolved.kind === 'none' ? undefined : { ...proposed, state };
    return { ...its, ...served, state: now, pending };
  }

  async cardIfBack(reader: Reader, model: string, version: number): Promise<CardState> {
    const { row, evidence } = await this.#known(reader, model, version);
    const proposed = await this.resolve(reader, row, version, evidence?.found);
    const key = { model: row.model, version };
    const found = await servedAgain(this.#parts.serving, reader, key, proposed);
    return this.#stateOf(reader, { ...found, model, version, evidence });
  }

  /** @returns the card that would count if nothing were approved yet */
  async proposedCard(reader: Reader, model: string, version: number) {
    const { row, evidence } = await this.#known(reader, model, version);
    return this.resolve(reader, row, version, evidence?.found);
  }

  /** A version that serves keeps the card that it was approved with. */
  async #servingCard(
    reader: Reader,
    name: string,
    version: number,
    row: VersionRow,
  ): Promise<ServingCard | undefined> {
    const { serving, origins, profiles } = this.#parts;
    const pinned = await serving.find(reader, row.model, version);
    if (pinned === undefined) return undefined;
    const profile = await profiles.profileOf(reader, name);
    if (profile.mode !== 'enforce') return undefined;
    if (isServing(profile, row.stage)) return pinned;
    const aliases = await origins.aliases(reader, row.model, version);
    return aliases.some((alias) => isServing(profile, `alias:${alias}`)) ? pinned : undefined;
  }

  async checkCard(
    reader: Reader,
    model: string,
    version: number,
    card: Card,
  ): Promise<Pick<VersionCard, 'state' | 'resolved' | 'attachedAt'>> {
    const { evidence } = await this.#known(reader, model, version);
    const resolved = resolveCard([{ place: 'endpoint', content: { value: card } }]);
    const found = { resolved, attachedAt: this.#parts.now() };
    return { ...found, state: await this.#stateOf(reader, { ...found, model, version, evidence }) };
  }

  async #stateOf(
    reader: Reader,
    { model, version, evidence, resolved, attachedAt }: FoundFor,
  ): Promise<CardState> {
    const { profiles, isOwnerKnown, now } = this.#parts;
    if (resolved.kind === 'none') return NO_CARD;
    if (resolved.kind === 'broken') return unreadableCard(resolved.problem);
    const { card: rules } = await profiles.profileOf(reader, model);
    const owner = textOf(resolved.card, 'owner');
    const asked = rules.owner_must_exist && owner !== undefined ? isOwnerKnown : undefined;
    const known = asked === undefined || (await asked(reader, owner ?? ''));
    return checkCard(resolved.card, {
      ...{ model, version, semver: evidence?.semver, attachedAt, now: now() },
      maxAgeDays: rules.max_age_days,
      schema: rules.schema ?? undefined,
      isOwnerKnown: asked && (() => known),
    });
  }

  async #champion(
    reader: Reader,
    name: string,
    model: number,
    other: number | undefined,
  ): Promise<{ champion?: { version: number; measured: readonly Measurement[] } }> {
    if (other === undefined) return {};
    const [origin, evidence] = await Promise.all([
      this.originOf(reader, name, other),
      this.#parts.evidence.find(reader, model, other),
    ]);
    const derived = evidence?.found?.derived ?? [];
    const measured = await this.#measured(reader, origin, derived);
    return { champion: { version: other, measured } };
  }

  /** A run with one data set has measured on that, where a metric doesn't say on which. */
  async #measured(
    reader: Reader,
    { run, loggedModel, inputs }: Origin,
    derived: readonly Measurement[],
  ): Promise<readonly Measurement[]> {
    const logged = await this.#parts.origins.metrics(reader, run?.id, loggedModel?.id);
    const [only, ...others] = inputs;
    const digest = others.length === 0 ? only?.digest : undefined;
    const linked = logged.map((one) =>
      one.datasetDigest === undefined && digest !== undefined
        ? { ...one, datasetDigest: digest }
        : one,
    );
    return [...linked, ...derived];
  }
}

function integrityIn({ evidence, rootDigest }: Dossier): IntegrityFacts {
  const stored = evidence?.integrity;
  return {
    artifacts: stored?.artifacts ?? 'unknown',
    changedFiles: stored?.changedFiles ?? [],
    signature: stored?.signature ?? 'absent',
    digest: rootDigest ?? '',
  };
}
