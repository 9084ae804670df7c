import { MlflowError } from '../../errors.js';
import type { Database, Reader } from '../../platform/db/database.js';
import type { Caller, OperationTable } from '../../platform/http/operation.js';
import { meansLatest } from '../../registry/aliases/aliases.js';
import { parseVersion } from '../../registry/versions/versions.js';
import { versionToWire } from '../../registry/versions/versions.operations.js';
import type { VersionStore } from '../../registry/versions/versions.store.js';
import { evaluate } from '../evaluate/evaluate.js';
import { denial, type Violation } from '../evaluate/violation.js';
import { findStage, stageKind, stageOfAlias } from '../policy/find-profile.js';
import type { Profile } from '../policy/profile.js';
import type { CandidateStore, StoredCandidate } from '../semver/candidates.store.js';
import { isSelector, selectVersion } from '../semver/select-version.js';
import type { EvidenceService } from './evidence.service.js';
import type { Profiles } from './version-facts.js';

type Ids = 'createModelVersion' | 'getLatestVersions' | 'getModelVersionByAlias';

export interface RegisteringOperationParts {
  readonly database: Database;
  readonly versions: Pick<VersionStore, 'find'>;
  readonly service: Pick<EvidenceService, 'register'>;
  readonly selectable: CandidateStore;
  readonly profiles: Profiles;
  /** The names of the caller's roles. */
  readonly rolesOf: (caller: Caller) => Promise<readonly string[]>;
}

/** Milliseconds that a client waits for its model to be looked at; then it asks how far it is. */
const PATIENCE = 4_000;

/** The registry's own operations where governance has a part in them. */
export function registeringOperations(
  plain: OperationTable<Ids>,
  parts: RegisteringOperationParts,
): OperationTable<Ids> {
  const { database, versions, service, selectable, profiles, rolesOf } = parts;
  const { createModelVersion, getLatestVersions, getModelVersionByAlias } = plain;

  /** @returns the version behind `1.2.0` or `^1.2`, or undefined for what is another thing */
  const select = async (reader: Reader, name: string, text: string) => {
    const profile = await profiles.profileOf(reader, name);
    if (profile.mode === 'compat' || !isSelector(text)) return undefined;
    if (findStage(profile, text) !== undefined) return undefined;
    const candidates = (await selectable.candidates(reader, name)).map((one) => ({
      ...one,
      isApproved: isApproved(profile, one),
    }));
    const any = profile.serving.range_candidates === 'any';
    const selected = selectVersion(name, text, candidates, any);
    if (selected.kind === 'version') return selected.version;
    // Where governance only looks on, and of a model without versions, MLflow says what is wrong.
    if (selected.kind !== 'none' || profile.mode !== 'enforce' || candidates.length === 0) {
      return undefined;
    }
    throw unresolved(selected.violation, `models:/${name}/${text}`);
  };

  const checkLatest = async (name: string, caller: Caller) => {
    const profile = await profiles.profileOf(database.read, name);
    if (profile.mode !== 'enforce') return;
    const { name: who, isAdmin } = caller;
    const facts = { name: who, roles: await rolesOf(caller), rights: [], isAdmin };
    const { violations, allowed } = evaluate(
      { profile, caller: facts },
      { kind: 'resolve_latest', model: name },
    );
    const [first] = violations;
    if (!allowed && first !== undefined) throw unresolved(first, `models:/${name}/latest`);
  };

  return {
    getModelVersionByAlias: {
      ...getModelVersionByAlias,
      handler: async (input, call) => {
        // `models:/m@latest` is the newest version under another name.
        if (meansLatest(input.alias)) await checkLatest(input.name, call.caller);
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
        const { mode } = await profiles.profileOf(database.read, made.name);
        if (mode === 'compat') return answer;
        // What goes wrong now is owed still: a job of the database sees to it.
        const looked = service.register(made.name, version).catch(() => undefined);
        await Promise.race([looked, timeIsUp()]);
        const now = await versions.find(database.read, made.name, version);
        return now === undefined ? answer : { model_version: versionToWire(now) };
      },
    },
    getLatestVersions: {
      ...getLatestVersions,
      handler: async (input, call) => {
        const { name, stages = [] } = input;
        if (stages.length === 0) await checkLatest(name, call.caller);
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

const timeIsUp = () => new Promise<void>((resolve) => setTimeout(resolve, PATIENCE).unref());

const unresolved = (violation: Violation, uri: string): MlflowError =>
  refusal(violation, `${uri} can not be resolved`, uri);

/** Whether a range may choose a version: it serves, or somebody agreed that it may. */
function isApproved(profile: Profile, { stage, isQuarantined, approvedFor }: StoredCandidate) {
  if (isQuarantined) return false;
  const kind = stageKind(profile, stage);
  // What has left Production doesn't come back by itself.
  if (kind === 'Production' || kind === 'Archived') return kind === 'Production';
  return approvedFor.some((target) => {
    const stands = target.startsWith('alias:')
      ? stageOfAlias(profile, target.slice('alias:'.length))
      : target;
    return stands !== undefined && stageKind(profile, stands) === 'Production';
  });
}

function refusal(violation: Violation, refused: string, subject: string): MlflowError {
  const { status, error_code, message, error_class, details } = denial(
    [violation],
    refused,
    subject,
  );
  return new MlflowError(error_code, message, {
    ...{ status, errorClass: ['KAM00', error_class] },
    details: details.map((detail) => ({ ...detail })),
  });
}
