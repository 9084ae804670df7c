import type { Database, Reader } from '../../platform/db/database.js';
import type { By } from '../../platform/http/operation.js';
import { meansLatest } from '../../registry/aliases/aliases.js';
import type { ModelVersion } from '../../registry/versions/versions.js';
import type { VersionStore } from '../../registry/versions/versions.store.js';
import type { ManifestStore } from '../freeze/manifests.store.js';
import { findStage } from '../policy/find-profile.js';
import type { PolicyService } from '../policy/policies.service.js';
import type { EvidenceStore } from '../version-facts/evidence.store.js';
import { type Selecting, unresolvable } from '../version-facts/selecting.js';
import type { StoredVersionFacts } from '../version-facts/version-facts.js';
import type { ChangeStore } from './changes.store.js';
import { type ModelUri, selectorText, uriOf } from './model-uri.js';
import type { ServingStore } from './serving.store.js';

/** A version with what a server of models needs to know of it. */
export interface ServedVersion {
  readonly version: number;
  readonly stage: string;
  readonly status: string;
  readonly artifactUri: string;
  readonly semver: string | undefined;
  readonly rootDigest: string | undefined;
  readonly isSigned: boolean;
  readonly cardDigest: string | undefined;
  readonly aliases: readonly string[];
}

export interface Resolution {
  readonly uri: ModelUri;
  readonly generation: number;
  readonly current: ServedVersion;
  /** What was there before, and is fit to be kept warm. */
  readonly previous: ServedVersion | undefined;
}

export interface ResolverParts {
  readonly database: Database;
  readonly versions: Pick<
    VersionStore,
    'find' | 'findByAlias' | 'findNewest' | 'latest' | 'location'
  >;
  readonly changes: Pick<ChangeStore, 'generation'>;
  readonly store: ServingStore;
  readonly selecting: Selecting;
  readonly policies: Pick<PolicyService, 'profileOf'>;
  readonly facts: Pick<StoredVersionFacts, 'cardOf'>;
  readonly evidence: Pick<EvidenceStore, 'find'>;
  readonly manifests: Pick<ManifestStore, 'find' | 'keyOf'>;
}

interface Found {
  readonly version: ModelVersion;
  /** The stage or alias that named it, as the history has it. */
  readonly target?: string;
}

/** Tells which version a `models:/` URI means now, whatever kind of selector stands in it. */
export class Resolver {
  readonly #parts: ResolverParts;

  constructor(parts: ResolverParts) {
    this.#parts = parts;
  }

  generation(name: string): Promise<number> {
    return this.#parts.changes.generation(this.#parts.database.read, name);
  }

  /** @throws MlflowError 404 `NO_MATCHING_VERSION` of a model that has no version at all */
  async checkAny(uri: ModelUri): Promise<void> {
    const { versions, database } = this.#parts;
    this.#some(uri, await versions.findNewest(database.read, uri.name));
  }

  /**
   * @throws MlflowError 404 `NO_MATCHING_VERSION` when no version satisfies the selector, 400
   *   `LATEST_NOT_ALLOWED` for callers who have to name what is approved
   */
  async resolve(uri: ModelUri, by: By): Promise<Resolution> {
    const { database, store } = this.#parts;
    const { read } = database;
    const { name } = uri;
    // Before the version: what is stored meanwhile shows as a newer generation at the next look.
    const generation = await this.generation(name);
    const { version, target } = await this.find(uri, by);
    const current = await this.#served(read, version);
    const before =
      target === undefined ? undefined : await store.previous(read, name, target, version.version);
    const previous = before === undefined ? undefined : await this.#numbered(read, name, before);
    return { uri, generation, current, previous };
  }

  /** As {@link resolve}, of the version alone. */
  async find(uri: ModelUri, by: By): Promise<Found> {
    const { database, versions, selecting } = this.#parts;
    const { read } = database;
    const { name, selector } = uri;
    const text = selectorText(selector).replace(/^@/, '');
    if (meansLatest(text)) {
      await selecting.checkLatest(name, by);
      return this.#some(uri, await versions.findNewest(read, name));
    }
    if (selector.kind === 'alias') {
      const named = await versions.findByAlias(read, name, selector.alias);
      return this.#some(uri, named, `alias:${selector.alias}`);
    }
    if (/^\d{1,15}$/.test(text)) {
      return this.#some(uri, await versions.find(read, name, Number(text)));
    }
    const { profile } = await this.#parts.policies.profileOf(name);
    const stage = findStage(profile, text);
    if (stage !== undefined) {
      const custom = profile.stages.map((own) => own.name);
      const latest = await versions.latest(read, name, custom);
      const inStage = latest.filter(({ current_stage }) => current_stage === stage).at(-1);
      return this.#some(uri, inStage, stage);
    }
    const chosen = await selecting.choose(read, name, text);
    if (chosen.kind !== 'version') return this.#some(uri, undefined);
    return this.#some(uri, await versions.find(read, name, chosen.version));
  }

  #some(uri: ModelUri, version: ModelVersion | undefined, target?: string): Found {
    if (version !== undefined) return { version, ...(target === undefined ? {} : { target }) };
    const selector = selectorText(uri.selector);
    const violation = {
      reason: 'NO_MATCHING_VERSION',
      message: `${uri.name} has no version ${selector}.`,
      remedy: `client.search_model_versions(${JSON.stringify(`name = '${uri.name}'`)})`,
      metadata: { model: uri.name, selector },
    } as const;
    throw unresolvable(violation, uriOf(uri));
  }

  async #numbered(reader: Reader, name: string, number: number) {
    const found = await this.#parts.versions.find(reader, name, number);
    return found === undefined ? undefined : this.#served(reader, found);
  }

  async #served(reader: Reader, found: ModelVersion): Promise<ServedVersion> {
    const { versions, evidence, manifests, facts } = this.#parts;
    const { name, version } = found;
    const model = await manifests.keyOf(reader, name, version);
    const known = model === undefined ? undefined : await evidence.find(reader, model, version);
    const manifest = model === undefined ? undefined : await manifests.find(reader, model, version);
    const card = model === undefined ? undefined : await facts.cardOf(reader, name, version);
    return {
      ...{ version, stage: found.current_stage, status: found.status, aliases: found.aliases },
      artifactUri: (await versions.location(reader, name, version)) ?? found.source,
      semver: known?.semver,
      rootDigest: manifest?.rootDigest,
      isSigned: manifest?.bundle != null,
      cardDigest: card?.state.digest,
    };
  }
}
