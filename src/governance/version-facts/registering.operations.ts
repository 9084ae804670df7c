import type { Database, Reader } from '../../platform/db/database.js';
import type { OperationTable } from '../../platform/http/operation.js';
import { inTime } from '../../platform/in-time.js';
import { meansLatest } from '../../registry/aliases/aliases.js';
import { saysPrompt, tagsOf } from '../../registry/tags.js';
import { parseVersion } from '../../registry/versions/versions.js';
import { versionToWire } from '../../registry/versions/versions.operations.js';
import type { VersionStore } from '../../registry/versions/versions.store.js';
import type { ModelFolders } from '../freeze/freeze.service.js';
import type { CandidateStore } from '../semver/candidates.store.js';
import type { EvidenceService } from './evidence.service.js';
import type { EvidenceStore } from './evidence.store.js';
import { Selecting, type SelectingParts, unresolvable } from './selecting.js';
import { isOutOfReach } from './unreached.js';
import type { Profiles } from './version-facts.js';

type Ids = 'createModelVersion' | 'getLatestVersions' | 'getModelVersionByAlias';

export interface RegisteringOperationParts {
  readonly database: Database;
  readonly versions: Pick<VersionStore, 'find'>;
  readonly store: Pick<EvidenceStore, 'isNumbered'>;
  readonly service: Pick<EvidenceService, 'register'>;
  readonly folders: ModelFolders;
  readonly selectable: CandidateStore;
  readonly profiles: Profiles;
  readonly rolesOf: SelectingParts['rolesOf'];
  readonly told?: SelectingParts['told'];
}

/** Milliseconds that a client waits for its model to be looked at; then it asks how far it is. */
const PATIENCE = 4_000;

/** The registry's own operations where governance has a part in them. */
export function registeringOperations(
  plain: OperationTable<Ids>,
  parts: RegisteringOperationParts,
): OperationTable<Ids> {
  const { database, versions, store, service, folders, profiles } = parts;
  const selecting = new Selecting(parts);
  const { createModelVersion, getLatestVersions, getModelVersionByAlias } = plain;

  /** @returns the version behind `1.2.0` or `^1.2`, or undefined for what is another thing */
  const select = async (reader: Reader, name: string, text: string) => {
    const selected = await selecting.choose(reader, name, text);
    if (selected.kind === 'version') return selected.version;
    // Where governance only looks on, and of a model without versions, MLflow says what is wrong.
    if (selected.kind !== 'none' || !selected.isEnforced || selected.candidates === 0) {
      return undefined;
    }
    throw unresolvable(selected.violation, `models:/${name}/${text}`);
  };

  return {
    getModelVersionByAlias: {
      ...getModelVersionByAlias,
      handler: async (input, call) => {
        // `models:/m@latest` is the newest version under another name.
        if (meansLatest(input.alias)) await selecting.checkLatest(input.name, call);
        return getModelVersionByAlias.handler(input, call);
      },
    },
    createModelVersion: {
      ...createModelVersion,
      handler: async (input, call) => {
        const answer = await createModelVersion.handler(input, call);
        const made = 'model_version' in answer ? answer.model_version : undefined;
        if (made?.name === undefined || made.version === undefined) return answer;
        const version = parseVersion(made.name, made.version);
        // Prompts have no files, and what is out of reach was settled when it was registered.
        if (saysPrompt(tagsOf(input.tags)) || isOutOfReach(folders, input.source)) return answer;
        if (await store.isNumbered(database.read, made.name, version)) return answer;
        const profile = await profiles.profileOf(database.read, made.name);
        if (profile.mode === 'compat') return answer;
        // What goes wrong now is owed still: a job of the database sees to it.
        const looked = service.register(made.name, version, profile).catch(nothing);
        await inTime(PATIENCE, looked, nothing);
        const now = await versions.find(database.read, made.name, version);
        return now === undefined ? answer : { model_version: versionToWire(now) };
      },
    },
    getLatestVersions: {
      ...getLatestVersions,
      handler: async (input, call) => {
        const { name, stages = [] } = input;
        if (stages.length === 0) await selecting.checkLatest(name, call);
        const chosen = new Set<number>();
        const others: string[] = [];
        for (const text of stages) {
          const version = await select(database.read, name, text);
          if (version === undefined) others.push(text);
          else chosen.add(version);
        }
        if (chosen.size === 0) return getLatestVersions.handler(input, call);
        const rest =
          others.length === 0
            ? {}
            : await getLatestVersions.handler({ ...input, stages: others }, call);
        const listed = 'model_versions' in rest ? (rest.model_versions ?? []) : [];
        for (const { version } of listed) chosen.delete(Number(version));
        const found = [...listed];
        for (const version of chosen) {
          const one = await versions.find(database.read, name, version);
          if (one !== undefined) found.push(versionToWire(one));
        }
        return { model_versions: found.sort((a, b) => Number(a.version) - Number(b.version)) };
      },
    },
  };
}

const nothing = () => undefined;
