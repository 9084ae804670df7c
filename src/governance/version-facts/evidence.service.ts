import { MlflowError } from '../../errors.js';
import type { Clock } from '../../platform/clock.js';
import type { Database, Transaction } from '../../platform/db/database.js';
import type { JobStore } from '../../platform/jobs/jobs.store.js';
import { noVersion } from '../../registry/versions/versions.js';
import type { Alerts } from '../alerts/alerts.js';
import { textOf } from '../cards/card.js';
import type {
  FreezeService,
  ModelFolders,
  ModelLock,
  Verification,
} from '../freeze/freeze.service.js';
import { isSame } from '../freeze/manifest.js';
import type { StoredManifest } from '../freeze/manifests.store.js';
import { derivedPercentiles } from '../gates/percentiles.js';
import type { OnnxVerifier } from '../onnx/onnx-verifier.js';
import type { Profile } from '../policy/profile.js';
import type { ChangeStore } from '../serving/changes.store.js';
import { CARD_LOOK_EVERY, EXPIRY_JOB } from '../version-cards/card-expiry.js';
import type { CardStore } from '../version-cards/cards.store.js';
import { type Findings, NOT_FOUND, type StoredIntegrity } from './evidence.js';
import type { EvidenceStore } from './evidence.store.js';
import { EVIDENCE_JOB, SWEEP_JOB } from './evidence-kinds.js';
import { gatherFindings, pathsInRun } from './gather-findings.js';
import type { FoundInFiles, LookAhead, LooksAhead } from './looks-ahead.js';
import { describe, numberVersion, type Registered } from './number-version.js';
import type { Origin } from './origin.js';
import type { OriginStore } from './origins.store.js';
import { tellOfTampering } from './tampering.js';
import { OUT_OF_REACH } from './unreached.js';
import type { Profiles, StoredVersionFacts, VersionCard } from './version-facts.js';

export interface EvidenceServiceParts {
  readonly database: Database;
  readonly facts: StoredVersionFacts;
  readonly origins: OriginStore;
  readonly store: EvidenceStore;
  readonly cards: CardStore;
  readonly freeze: Pick<FreezeService, 'close' | 'verify'>;
  readonly folders: ModelFolders;
  readonly verifier: OnnxVerifier;
  readonly looks: Pick<LooksAhead, 'take'>;
  readonly models: ModelLock;
  readonly profiles: Profiles;
  readonly jobs: JobStore;
  readonly alerts: Alerts;
  readonly changes: Pick<ChangeStore, 'record'>;
  /** Whether changes of registered files are refused. */
  readonly holds: (profile: Profile) => boolean;
  /** Milliseconds between two looks at the files of a version. */
  readonly sweepEvery: number;
  readonly now: Clock;
}

/** What a look at the files has shown. */
interface Seen {
  readonly found: Findings;
  readonly manifest: StoredManifest | undefined;
  readonly integrity: StoredIntegrity;
}

/** Looks at the files of versions and keeps what it finds, so that decisions read the database alone. */
export class EvidenceService {
  readonly #parts: EvidenceServiceParts;

  constructor(parts: EvidenceServiceParts) {
    this.#parts = parts;
  }

  /**
   * Reads all files of a version anew and compares them with its manifest, which is closed where
   * that is still to be done, and stores what they say. To be called outside of transactions,
   * right before a decision; it takes as long as reading the files.
   *
   * @param known what holds for the model, where the caller has just read it
   * @returns what the version comes from, where there was nothing to look at and so nothing changed
   * @throws MlflowError 404 when there is no such version
   */
  refresh(name: string, version: number, known?: Profile): Promise<Origin | undefined> {
    return this.#look(name, version, true, known);
  }

  /** As {@link refresh} for files that were just uploaded: their digests are known. */
  async register(name: string, version: number, known?: Profile): Promise<void> {
    await this.#look(name, version, false, known);
  }

  async #look(
    name: string,
    version: number,
    anew: boolean,
    known: Profile | undefined,
  ): Promise<Origin | undefined> {
    const { database, facts, freeze, store, profiles, holds, jobs, changes, now } = this.#parts;
    const origin = await facts.originOf(database.read, name, version);
    const profile = known ?? (await profiles.profileOf(database.read, name));
    if (anew && (await this.#isSettledUnreached(origin, version, profile))) return origin;
    const ahead = anew ? undefined : await this.#ahead(origin);
    let manifest: StoredManifest | undefined;
    let found: Findings = NOT_FOUND;
    let verified: Verification = { state: 'unknown' };
    try {
      const { location } = origin.row;
      manifest = await freeze.close(name, version, location, holds(profile), ahead?.digests);
      const isSame = ahead !== undefined && ahead.rootDigest === manifest?.rootDigest;
      found = await this.#read(origin, isSame ? ahead.found : undefined);
      if (anew) verified = await freeze.verify(name, version);
      else if (manifest) verified = { state: 'unchanged', rootDigest: manifest.rootDigest };
    } catch (error) {
      // A folder that is no model's is a finding; a fault of the server is none.
      if (!(error instanceof MlflowError) || error.status >= 500) throw error;
      found = { ...found, problem: error.message };
    }
    await database.write(async (tx) => {
      const model = await this.#hold(tx, name, version);
      const id = await store.open(tx, model, version, '', now());
      const integrity = integrityOf(verified, manifest);
      const seen = { found, manifest, integrity };
      const about = { id, model, name, version, profile };
      if (!(await this.#keep(tx, about, origin, seen))) return;
      await jobs.dropLane(tx, EVIDENCE_JOB, id);
      await changes.record(tx, name, [{ kind: 'semver', version }], now());
    });
    return undefined;
  }

  /** What was read of the files to judge the number that their client proposes. */
  async #ahead({ row }: Origin): Promise<LookAhead | undefined> {
    const { folders, looks } = this.#parts;
    const found = folders.find(row.location);
    return found && looks.take(found.place);
  }

  /** Where there is nothing to read, nothing can have changed since it was settled. */
  async #isSettledUnreached({ row }: Origin, version: number, { mode }: Profile): Promise<boolean> {
    const { database, folders, store } = this.#parts;
    if (folders.find(row.location) !== undefined) return false;
    // Where nothing is denied, what was never settled denies nothing.
    if (mode !== 'enforce') return true;
    const evidence = await store.find(database.read, row.model, version);
    return evidence?.numbering !== undefined && evidence.found?.problem === OUT_OF_REACH.problem;
  }

  /** @returns whether the version was numbered by this look */
  async #keep(tx: Transaction, about: Registered, origin: Origin, seen: Seen): Promise<boolean> {
    const { facts, store, now } = this.#parts;
    const { id, model, name, version, profile } = about;
    const { found, integrity } = seen;
    await store.setSeen(tx, id, found, integrity, now());
    const { tags } = origin.row;
    const looked = { key: model, model: name, version, tags, mode: profile.mode, integrity };
    await tellOfTampering(this.#parts, tx, looked);
    const evidence = await store.find(tx, model, version);
    const card = await facts.resolve(tx, origin.row, version, evidence?.found);
    const isNew = evidence?.numbering === undefined;
    await this.#keepCard(tx, about, card, isNew);
    if (!isNew) return false;
    await this.#number(tx, about, origin, seen, card);
    return true;
  }

  async #keepCard(
    tx: Transaction,
    { id, model, version }: Registered,
    { resolved }: Pick<VersionCard, 'resolved'>,
    isNew: boolean,
  ): Promise<void> {
    const { cards, jobs, now } = this.#parts;
    const time = now();
    if (resolved.kind === 'card') await cards.saw(tx, model, version, resolved, time);
    // What has never had a card has nothing that could end; a card that comes later says so.
    const due = isNew && resolved.kind !== 'card' ? time + CARD_LOOK_EVERY : time;
    await jobs.add(tx, EXPIRY_JOB, [{ reference: id, lane: id, due }]);
  }

  async #number(
    tx: Transaction,
    about: Registered,
    origin: Origin,
    { found, manifest }: Seen,
    { resolved }: Pick<VersionCard, 'resolved'>,
  ): Promise<void> {
    const use = resolved.kind === 'card' ? textOf(resolved.card, 'intended_use') : undefined;
    const made = describe(origin, found, manifest, use);
    const refusal = await numberVersion(this.#parts.store, tx, about, origin, made);
    await this.#settle(tx, about, found, refusal);
  }

  /** What a client that waits for its registration is told. */
  async #settle(
    tx: Transaction,
    { id, model, version, profile }: Registered,
    { format: { onnx } }: Findings,
    refusal: string | undefined,
  ): Promise<void> {
    const { store, jobs, sweepEvery, now } = this.#parts;
    await jobs.add(tx, SWEEP_JOB, [{ reference: id, lane: id, due: now() + sweepEvery }]);
    if (profile.mode !== 'enforce') return;
    const broken =
      onnx.state === 'invalid'
        ? `ONNX_INVALID: The ONNX model is broken: ${onnx.problems.slice(0, 5).join('; ')}`
        : refusal;
    const status = broken === undefined ? 'READY' : 'FAILED_REGISTRATION';
    await store.setStatus(tx, model, version, status, broken ?? null);
  }

  async #read(
    { row, run, loggedModel, inputs }: Origin,
    known: FoundInFiles | undefined,
  ): Promise<Findings> {
    const { folders, verifier, origins, database } = this.#parts;
    const model = folders.find(row.location)?.folder;
    if (model === undefined) return OUT_OF_REACH;
    const runFolder = run && folders.find(run.artifactUri)?.folder;
    const paths = pathsInRun(loggedModel?.name);
    const read = await gatherFindings(
      { model, run: runFolder && { folder: runFolder, paths } },
      verifier,
      known,
    );
    const [only, ...others] = inputs;
    const digest = others.length === 0 ? only?.digest : undefined;
    const histories = run === undefined ? [] : await origins.histories(database.scan, run.id);
    const measured = await origins.metrics(database.scan, run?.id, loggedModel?.id);
    const linked = histories.map((history) => ({ ...history, datasetDigest: digest }));
    return { ...read, derived: derivedPercentiles(linked, measured) };
  }

  async #hold(tx: Transaction, name: string, version: number): Promise<number> {
    const { models, origins } = this.#parts;
    await models.lock(tx, name);
    const row = await origins.version(tx, name, version);
    if (row === undefined) throw noVersion(name, version);
    return row.model;
  }
}

function integrityOf(
  verified: Verification,
  manifest: StoredManifest | undefined,
): StoredIntegrity {
  const signed = manifest?.bundle == null ? 'absent' : 'valid';
  switch (verified.state) {
    case 'unchanged':
      return { artifacts: 'same', changedFiles: [], signature: signed };
    case 'tampered': {
      const { added, removed, changed, problem } = verified;
      return {
        artifacts: isSame(verified) ? 'same' : 'changed',
        changedFiles: [...changed, ...removed, ...added].slice(0, 100),
        signature: problem === undefined ? signed : 'invalid',
      };
    }
    default:
      return { artifacts: 'unknown', changedFiles: [], signature: 'absent' };
  }
}
