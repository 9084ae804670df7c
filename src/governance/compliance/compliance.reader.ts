import { SafePath } from '../../artifacts/safe-path.js';
import { MlflowError } from '../../errors.js';
import type { Clock } from '../../platform/clock.js';
import type { Database } from '../../platform/db/database.js';
import type { ModelFolders } from '../freeze/freeze.service.js';
import type { ManifestStore } from '../freeze/manifests.store.js';
import type { Consumers } from '../lineage/consumers.js';
import type { LineageStore } from '../lineage/lineage.store.js';
import { readBytes } from '../model-folder/model-folder.js';
import { readSignature, type SignatureField, typeName } from '../model-signature/signature.js';
import { signatureKey } from '../signature/signing-keys.js';
import type { SigningKeyStore } from '../signature/signing-keys.store.js';
import type { EvidenceStore } from '../version-facts/evidence.store.js';
import type { Profiles, StoredVersionFacts } from '../version-facts/version-facts.js';
import type { ComplianceStore } from './compliance.store.js';
import type { ComplianceFacts } from './compliance-facts.js';
import type { Dependency } from './dependencies.js';

export interface ComplianceParts {
  readonly database: Database;
  readonly facts: StoredVersionFacts;
  readonly store: EvidenceStore;
  readonly manifests: ManifestStore;
  readonly signingKeys: SigningKeyStore;
  readonly profiles: Profiles;
  readonly lineage: LineageStore;
  readonly consumers: Consumers;
  readonly decisions: ComplianceStore;
  readonly folders: ModelFolders;
  readonly now: Clock;
}

const DATASETS = 1_000;
const CONSUMERS = 200;
const LONGEST = 1_000_000;
const COLUMNS = 1_000;

/** Reads all that a compliance pack is made of. */
export class ComplianceReader {
  readonly #parts: ComplianceParts;

  constructor(parts: ComplianceParts) {
    this.#parts = parts;
  }

  /** @throws MlflowError 404 when there is no such version */
  async read(name: string, version: number): Promise<ComplianceFacts> {
    const { database, facts, store, manifests, profiles, lineage, consumers, decisions, now } =
      this.#parts;
    const { signingKeys } = this.#parts;
    const read = database.scan;
    const known = await facts.factsOf(read, name, version);
    const origin = await facts.originOf(read, name, version);
    const { row, run } = origin;
    const evidence = await store.find(read, row.model, version);
    const manifest = await manifests.find(read, row.model, version);
    const names = await decisions.names(read, name);
    const signature = readSignature(evidence?.found?.mlmodel?.signature);
    return {
      ...{ model: name, version, now: now(), facts: known },
      profile: await profiles.profileOf(read, name),
      card: await facts.cardOf(read, name, version),
      around: {
        ...{ model: name, version, origin, semver: known.semver },
        ...{ digest: known.integrity.digest, registeredBy: known.registeredBy },
        family: row.runId === '' ? [] : await lineage.family(read, row.runId),
        datasets: run === undefined ? [] : await lineage.datasets(read, run.id, ['', ''], DATASETS),
        inputModels: run === undefined ? [] : await lineage.inputModels(read, run.id),
        aliases: await lineage.aliases(read, row.model, version),
        consumers: await consumers.consumersOf(read, name, version, CONSUMERS),
      },
      approvals: await decisions.approvals(read, row.model, version),
      history: await decisions.history(read, row.model, version),
      audit: await decisions.audit(read, names, version),
      emergencies: await decisions.emergencies(read, names),
      files: manifest?.files ?? [],
      weightsDigest: manifest?.weightsDigest,
      signature: manifest?.bundle ?? undefined,
      signatureKey: manifest?.bundle && (await signatureKey(signingKeys, read, manifest.bundle)),
      interface: { inputs: formats(signature?.inputs), outputs: formats(signature?.outputs) },
      flavors: evidence?.found?.mlmodel?.flavors ?? [],
      dependencies: await this.#dependencies(row.location),
    };
  }

  async #dependencies(location: string): Promise<readonly Dependency[]> {
    const folder = this.#parts.folders.find(location)?.folder;
    if (folder === undefined) return [];
    const bytesOf = async (path: string) => {
      try {
        return await readBytes(folder, SafePath.parse(path), LONGEST);
      } catch (error) {
        // A folder that can't be read names no packages; a fault of the server is told.
        if (error instanceof MlflowError && error.status < 500) return undefined;
        throw error;
      }
    };
    const requirements = await bytesOf('requirements.txt');
    const conda = (await bytesOf('conda.yaml')) ?? (await bytesOf('conda.yml'));
    const { fromConda, fromRequirements, unique } = await import('./dependencies.js');
    return unique([
      ...(requirements === undefined
        ? []
        : fromRequirements(Buffer.from(requirements).toString('utf8'))),
      ...(conda === undefined ? [] : fromConda(conda)),
    ]);
  }
}

const formats = (fields: readonly SignatureField[] | undefined): readonly string[] =>
  (fields ?? []).slice(0, COLUMNS).map(({ name, type }) => `${name}: ${typeName(type)}`);
