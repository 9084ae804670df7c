import { isCardFile } from '../cards/resolve-card.js';
import { findStage, stageKind, stageOfAlias } from '../policy/find-profile.js';
import type { Profile } from '../policy/profile.js';
import { refuseProposal } from '../semver/plan-semver.js';
import { NUMBERED_BY_SERVER } from './evidence.js';
import type { ChangeAction, ChangeFacts, Reference } from './facts.js';
import { ALLOWED, type Decision } from './obligation.js';
import { clientCall, pythonText } from './python.js';
import { rolesOf } from './rights.js';
import type { Reason, Violation } from './violation.js';

/** Tags that only the server writes. `semver.base` is the client's: it says what to count from. */
export const isReservedTag = (key: string): boolean => key === 'semver' || /^gov\./i.test(key);

/** Decides over a change that is no promotion, as `enforce` does. */
export function judgeChange(facts: ChangeFacts, action: ChangeAction): Decision {
  const violations = violationsOf(facts, action);
  return violations.length === 0 ? ALLOWED : { allowed: false, violations, obligations: [] };
}

function violationsOf(facts: ChangeFacts, action: ChangeAction): Violation[] {
  const { references = [], profile, frozen, caller } = facts;
  switch (action.kind) {
    case 'delete':
      return deletion(profile, references, action);
    case 'rename_model':
      return serving(profile, references).map((reference) =>
        protectedBy(profile, reference, `The model can't be renamed to ${pythonText(action.to)}`),
      );
    case 'write_artifact': {
      if (frozen === undefined) return [];
      if (isCardFile(action.path) && !frozen.approved) return [];
      const message = `${pythonText(action.path)} belongs to version ${frozen.version} of ${frozen.model}, whose files are frozen.`;
      const remedy = `mlflow.register_model(new_model_uri, ${pythonText(frozen.model)})`;
      return [plain('ARTIFACT_FROZEN', message, remedy, { path: action.path.slice(0, 500) })];
    }
    case 'set_tag':
    case 'delete_tag': {
      if (!isReservedTag(action.key)) return [];
      const message = `The tag ${pythonText(action.key)} is written by the server alone.`;
      const remedy =
        action.key === 'semver'
          ? 'client.create_model_version(name, source, run_id, tags={"semver": "2.0.0"})'
          : '';
      return [plain('RESERVED_TAG', message, remedy, { key: action.key.slice(0, 250) })];
    }
    case 'log_params':
      return closedParams(profile, references, action);
    case 'number_version': {
      const { proposed, base, existing, step } = action;
      const problem = refuseProposal(existing, base, proposed, step);
      if (problem === undefined) return [];
      const metadata = { semver: (proposed ?? base ?? '').slice(0, 100) };
      return [plain(problem.reason, problem.message, NUMBERED_BY_SERVER, metadata)];
    }
    case 'resolve_latest': {
      const isServing = rolesOf(caller).includes('serving');
      if (!isServing && !profile.serving.deny_latest) return [];
      const message = `'latest' is the newest version of ${action.model}, approved or not.`;
      const remedy = `mlflow.pyfunc.load_model(${pythonText(`models:/${action.model}/Production`)})`;
      return [plain('LATEST_NOT_ALLOWED', message, remedy, { model: action.model })];
    }
  }
}

const plain = (
  reason: Reason,
  message: string,
  remedy: string,
  metadata: Readonly<Record<string, string>>,
): Violation => ({ reason, message, remedy, metadata });

/** Whether a stage was the policy's once: what is there may serve still. */
const isForgotten = (profile: Profile, stage: string): boolean =>
  findStage(profile, stage) === undefined;

/** Versions that serve: by their stage, or by an alias that stands for one that does. */
const serving = (profile: Profile, references: readonly Reference[]): readonly Reference[] =>
  references.filter(
    ({ stage, aliases }) =>
      isForgotten(profile, stage) ||
      stageKind(profile, stage) === 'Production' ||
      aliases.some((alias) => stageOfAlias(profile, alias) !== undefined),
  );

function protectedBy(
  profile: Profile,
  { model, version, stage, aliases }: Reference,
  what: string,
): Violation {
  const names = aliases.map((alias) => `@${alias}`).join(', ');
  const where = [stage, names].filter((part) => part !== '').join(', ');
  const isStaged = stage !== 'None' && stage !== 'Archived';
  const steps = [
    ...(isStaged
      ? [clientCall('transition_model_version_stage', model, String(version), 'Archived')]
      : []),
    ...aliases
      .filter((alias) => stageOfAlias(profile, alias) !== undefined)
      .map((alias) => clientCall('delete_registered_model_alias', model, alias)),
  ];
  return plain(
    'DELETE_PROTECTED',
    `${what}: version ${version} of ${model} is in use (${where}).`,
    steps.join('; '),
    { model, version: String(version), stage },
  );
}

/** Versions that are in use: those that serve, and those that are on their way there. */
const inUse = (profile: Profile, references: readonly Reference[]): readonly Reference[] =>
  references.filter(
    ({ stage, aliases }) =>
      isForgotten(profile, stage) ||
      ['Staging', 'Production'].includes(stageKind(profile, stage)) ||
      aliases.some((alias) => stageOfAlias(profile, alias) !== undefined),
  );

/**
 * What is in use stays, and so does what it was made of: its run, its experiment, its logged
 * model. A profile may keep what any version was made of, in use or not.
 */
function deletion(
  profile: Profile,
  references: readonly Reference[],
  { what, name }: Extract<ChangeAction, { kind: 'delete' }>,
): Violation[] {
  const isRegistry = what === 'version' || what === 'model';
  const keepsAll = !isRegistry && profile.deletion.origins_of === 'registered';
  const refused = `The ${what} ${pythonText(name)} can't be deleted`;
  return (keepsAll ? references : inUse(profile, references)).map((reference) =>
    isRegistry ? protectedBy(profile, reference, refused) : keptFor(profile, reference, refused),
  );
}

/** What a version was made of goes when the version is out of use, or has gone. */
function keptFor(profile: Profile, reference: Reference, refused: string): Violation {
  const { model, version, stage } = reference;
  if (profile.deletion.origins_of === 'in_use') {
    return protectedBy(profile, reference, `${refused}, a version was made of it`);
  }
  return plain(
    'DELETE_PROTECTED',
    `${refused}: version ${version} of ${model} was made of it.`,
    clientCall('delete_model_version', model, String(version)),
    { model, version: String(version), stage },
  );
}

/** New params change what a version says it was trained with, once it has left stage None. */
function closedParams(
  profile: Profile,
  references: readonly Reference[],
  { what, name, keys }: Extract<ChangeAction, { kind: 'log_params' }>,
): Violation[] {
  const left = references.find(
    ({ stage, aliases }) =>
      stageKind(profile, stage) !== 'None' ||
      aliases.some((alias) => stageOfAlias(profile, alias) !== undefined),
  );
  if (left === undefined || keys.length === 0) return [];
  const shown = keys
    .slice(0, 10)
    .map((key) => pythonText(key.slice(0, 250)))
    .join(', ');
  const message = `The params of the ${what} ${pythonText(name)} are closed since version ${left.version} of ${left.model} left stage None, and ${shown} would be new.`;
  const remedy = 'with mlflow.start_run(): ...  # train and register another version';
  return [plain('HYPERPARAMETERS_UNTRACKED', message, remedy, { [what]: name, model: left.model })];
}
