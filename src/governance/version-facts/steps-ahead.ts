import { SafePath } from '../../artifacts/safe-path.js';
import type { Database, Reader } from '../../platform/db/database.js';
import { inTime } from '../../platform/in-time.js';
import type { GovernedChange } from '../../registry/promotion-gate.js';
import { saysPrompt } from '../../registry/tags.js';
import type { VersionSourceRules } from '../../registry/versions/versions.service.js';
import { textOf } from '../cards/card.js';
import { CARD_TAG, resolveCard } from '../cards/resolve-card.js';
import type { DigestStore } from '../freeze/digests.store.js';
import type { ModelFolders } from '../freeze/freeze.service.js';
import { type Manifest, manifestOf } from '../freeze/manifest.js';
import { type KnownDigest, type KnownDigests, survey } from '../freeze/survey.js';
import { weightsDigestOf } from '../freeze/weights.js';
import { mergedParams } from '../gates/hyperparameters.js';
import { LONGEST_MLMODEL } from '../model-folder/mlmodel.js';
import { filesIn, readBytes } from '../model-folder/model-folder.js';
import type { OnnxVerifier } from '../onnx/onnx-verifier.js';
import type { Profile } from '../policy/profile.js';
import { computeBump } from '../semver/bump.js';
import { describeMlmodel } from '../semver/describe-mlmodel.js';
import { baseOf, type Step } from '../semver/plan-semver.js';
import { isCopy } from './copying.operations.js';
import { type Findings, NOT_FOUND } from './evidence.js';
import type { EvidenceStore } from './evidence.store.js';
import { gatherFindings, pathsInRun } from './gather-findings.js';
import type { LookAhead, LooksAhead } from './looks-ahead.js';
import { describe } from './number-version.js';
import type { LoggedModelRow, OriginStore, RunRow } from './origins.store.js';
import { OUT_OF_REACH } from './unreached.js';

/** A version that somebody asks for. */
export type VersionWish = Omit<
  Extract<GovernedChange, { readonly kind: 'version creation' }>,
  'kind'
>;

/** What the files of a version that is asked for say of its number. */
export interface StepAhead {
  /** What its `MLmodel` proposes. */
  readonly proposed?: string | undefined;
  /** How far it is from the one that it counts from. */
  readonly step?: Step | undefined;
}

export interface StepsAheadParts {
  readonly database: Database;
  readonly store: EvidenceStore;
  readonly origins: OriginStore;
  readonly digests: DigestStore;
  readonly folders: ModelFolders;
  readonly verifier: OnnxVerifier;
  readonly looks: Pick<LooksAhead, 'keep'>;
  readonly sources: VersionSourceRules;
  readonly modelKey: (reader: Reader, name: string) => Promise<number | undefined>;
}

/** Bytes that are read of files that this server did not see uploaded; more takes too long. */
const MOST_UNREAD = 32 * 1024 * 1024;
/** Milliseconds that a client's proposal may take to be judged before there is a version. */
const PATIENCE = 3_000;
const MLMODEL = SafePath.parse('MLmodel');

type Place = NonNullable<ReturnType<ModelFolders['find']>>;

/**
 * Reads the files of a version that is asked for, so that a number which is too small for them is
 * refused before there is a version. What takes too long is judged when the version is registered.
 */
export class StepsAhead {
  readonly #parts: StepsAheadParts;

  constructor(parts: StepsAheadParts) {
    this.#parts = parts;
  }

  /** @returns undefined where it can't be told in time */
  async of(wish: VersionWish, profile: Profile): Promise<StepAhead | undefined> {
    // What can't be read is told by whoever makes the version, and in MLflow's words.
    const ahead = this.#look(wish, profile).catch(() => undefined);
    return inTime(PATIENCE, ahead, () => undefined);
  }

  async #look(wish: VersionWish, profile: Profile): Promise<StepAhead | undefined> {
    const { database, origins, sources, folders } = this.#parts;
    const { read } = database;
    if (saysPrompt(wish.tags)) return undefined;
    const resolved = await sources.resolve(read, { ...wish, isPrompt: false });
    const { source, storageLocation: location, runId } = resolved;
    const place = folders.find(location);
    const bytes = place && (await readBytes(place.folder, MLMODEL, LONGEST_MLMODEL));
    const proposed = bytes && !isCopy(source) ? describeMlmodel(bytes)?.semver : undefined;
    const tags = Object.fromEntries(wish.tags.map(({ key, value }) => [key, value]));
    const base = await this.#baseOf(wish.name, tags['semver.base']);
    const isAsked = proposed !== undefined || tags.semver !== undefined;
    if (base === undefined || !isAsked) return { proposed };
    const run = runId === '' ? undefined : await origins.run(read, runId);
    const loggedModel = await origins.loggedModel(read, { source, location });
    const seen = place ? await this.#see(place, base.model, run, loggedModel) : NOTHING_TO_SEE;
    if (seen === undefined) return { proposed };
    const { files, found } = seen;
    const next = describe(
      {
        run,
        inputs: run === undefined ? [] : await origins.inputs(read, run.id),
        params: mergedParams(run?.params ?? {}, loggedModel?.params ?? {}),
      },
      found,
      files,
      intendedUse(found, tags[CARD_TAG], wish.description),
    );
    const bump = computeBump(base.description, next, profile.hyperparameters.structural);
    return { proposed, step: { base: base.semver, bump } };
  }

  /** What a version would count from, where that is known well enough to be compared with. */
  async #baseOf(name: string, named: string | undefined) {
    const { database, store, modelKey } = this.#parts;
    const model = await modelKey(database.read, name);
    if (model === undefined) return undefined;
    const base = baseOf(await store.numbers(database.read, model), named);
    const before = base && (await store.find(database.read, model, base.version));
    if (base === undefined || before?.description === undefined) return undefined;
    return { model, semver: base.semver, description: before.description };
  }

  /** Reads a folder, and leaves what it says for the registration, which waits for it. */
  #see(
    place: Place,
    model: number,
    run: RunRow | undefined,
    loggedModel: LoggedModelRow | undefined,
  ): Promise<Seen | undefined> {
    const seeing = this.#read(place, model, run, loggedModel);
    this.#parts.looks.keep(place.place, seeing.then(asLook));
    return seeing;
  }

  /** @returns undefined where it takes too long; and for files that get no number */
  async #read(
    { place, folder }: Place,
    model: number,
    run: RunRow | undefined,
    loggedModel: LoggedModelRow | undefined,
  ): Promise<Seen | undefined> {
    const { database, digests, folders, store, verifier } = this.#parts;
    const known = await digests.below(database.scan, place);
    let unread = 0;
    for (const { path, size } of await filesIn(folder)) {
      if (!known.has(path.text)) unread += size;
    }
    if (unread > MOST_UNREAD) return undefined;
    const read = new Map<string, KnownDigest>();
    const listed = await survey(folder, known, (path, digest) => read.set(path, digest));
    // An empty folder is no model's, and the same as no other.
    const files =
      listed.length === 0
        ? undefined
        : { ...manifestOf(listed), weightsDigest: weightsDigestOf(listed) };
    const copyOf = files && (await store.copyOf(database.read, model, 0, files.rootDigest));
    // The very same files get no number, whatever is proposed.
    if (copyOf !== undefined) return undefined;
    const runFolder = run && folders.find(run.artifactUri)?.folder;
    const paths = pathsInRun(loggedModel?.name);
    const inRun = runFolder && { folder: runFolder, paths };
    const found = await gatherFindings({ model: folder, run: inRun }, verifier);
    return { files, found: { ...NOT_FOUND, ...found }, read };
  }
}

/** What was read of a folder. */
interface Seen {
  readonly files: (Manifest & { readonly weightsDigest: string }) | undefined;
  readonly found: Findings;
  readonly read: KnownDigests;
}

const NOTHING_TO_SEE: Seen = { files: undefined, found: OUT_OF_REACH, read: new Map() };

function asLook(seen: Seen | undefined): LookAhead | undefined {
  if (seen?.files === undefined) return undefined;
  const { files, found, read } = seen;
  const { mlmodel, format, opsSha256 } = found;
  return { digests: read, rootDigest: files.rootDigest, found: { mlmodel, format, opsSha256 } };
}

/** What the card would say, of the places that a card may have been put to by now. */
function intendedUse(
  { cards, mlmodel }: Findings,
  tag: string | undefined,
  description: string,
): string | undefined {
  const resolved = resolveCard([
    ...(tag === undefined ? [] : [{ place: 'tag' as const, content: tag }]),
    ...cards,
    ...(mlmodel?.card == null
      ? []
      : [{ place: 'mlmodel' as const, content: { value: mlmodel.card } }]),
    { place: 'description', content: description },
  ]);
  return resolved.kind === 'card' ? textOf(resolved.card, 'intended_use') : undefined;
}
