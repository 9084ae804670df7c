import type { Clock } from '../../platform/clock.js';
import type { Reader } from '../../platform/db/database.js';
import { type ModelVersion, noVersion } from '../../registry/versions/versions.js';
import type { VersionStore } from '../../registry/versions/versions.store.js';
import { checkCard, NO_CARD, unreadableCard } from '../cards/check-card.js';
import { CARD_TAG, type CardCandidate, resolveCard } from '../cards/resolve-card.js';
import type { VersionFacts } from '../evaluate/facts.js';
import { checkContract } from '../gates/contract.js';
import { contractReference, lineageOf } from '../gates/lineage.js';
import type { Profile } from '../policy/profile.js';
import type { RunFactsStore } from './run-facts.store.js';
import type { VersionFactsSource } from './version-facts.js';

export interface RecordedFactsParts {
  readonly versions: Pick<VersionStore, 'find'>;
  readonly runs: RunFactsStore;
  readonly profileOf: (model: string) => Promise<{ readonly profile: Profile }>;
  readonly now: Clock;
}

/**
 * What the database alone says of a version: its card in the tag or the description, and what its
 * run has logged. Files are not looked at, so nothing is claimed of them.
 */
export class RecordedFacts implements VersionFactsSource {
  readonly #parts: RecordedFactsParts;

  constructor(parts: RecordedFactsParts) {
    this.#parts = parts;
  }

  async factsOf(reader: Reader, model: string, number: number): Promise<VersionFacts> {
    const { versions, runs, profileOf } = this.#parts;
    const found = await versions.find(reader, model, number);
    if (found === undefined) throw noVersion(model, number);
    const { profile } = await profileOf(model);
    const run = await runs.find(reader, found.run_id);
    const tags = tagMap(found);
    const inputs = run === undefined ? [] : await runs.inputs(reader, run.key);
    const reference = contractReference([
      tags,
      run?.tags ?? {},
      ...inputs.map((input) => input.tags),
    ]);
    return {
      ...bareFacts(found),
      card: this.#card(found, profile),
      lineage: lineageOf(run?.tags, inputs),
      contract: checkContract(undefined, reference, undefined),
      metrics: { measured: run === undefined ? [] : await runs.metrics(reader, run.key) },
      params: run === undefined ? {} : await runs.params(reader, run.key),
      trainer: run?.trainer,
    };
  }

  #card(found: ModelVersion, profile: Profile): VersionFacts['card'] {
    const tags = tagMap(found);
    const tag = Object.hasOwn(tags, CARD_TAG) ? tags[CARD_TAG] : undefined;
    const { description } = found;
    const candidates: CardCandidate[] = [
      ...(tag === undefined ? [] : [{ place: 'tag' as const, content: tag }]),
      ...(description ? [{ place: 'description' as const, content: description }] : []),
    ];
    const resolved = resolveCard(candidates);
    if (resolved.kind === 'none') return NO_CARD;
    if (resolved.kind === 'broken') return unreadableCard(resolved.problem);
    return checkCard(resolved.card, {
      ...{ model: found.name, version: found.version, semver: tags.semver },
      attachedAt: found.creation_timestamp,
      now: this.#parts.now(),
      maxAgeDays: profile.card.max_age_days,
      ...(profile.card.schema === null ? {} : { schema: profile.card.schema }),
    });
  }
}

/** @returns the facts of a version as far as its own row says them, without any evidence */
export function bareFacts(found: ModelVersion): VersionFacts {
  return {
    ...{ model: found.name, version: found.version, stage: found.current_stage },
    semver: tagMap(found).semver,
    runId: found.run_id,
    card: NO_CARD,
    lineage: lineageOf(undefined, []),
    contract: { state: 'absent', problems: [] },
    metrics: { measured: [] },
    params: {},
    format: { formats: [], unsafeFiles: [], onnx: { state: 'absent', problems: [] } },
    integrity: { artifacts: 'unknown', changedFiles: [], signature: 'absent', digest: '' },
  };
}

const tagMap = ({ tags }: Pick<ModelVersion, 'tags'>): Readonly<Record<string, string>> =>
  Object.fromEntries(tags.map(({ key, value }) => [key, value]));
