import { isCardFile } from '../cards/resolve-card.js';
import { stageKind, stageOfAlias } from '../policy/find-profile.js';
import type { Profile } from '../policy/profile.js';
import type { ChangeAction, ChangeFacts, Reference } from './facts.js';
import { ALLOWED, type Decision } from './obligation.js';
import { pythonText } from './python.js';
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
        protectedBy(reference, `The model can't be renamed to ${pythonText(action.to)}`),
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
      return closedParams(profile, references, action.run, action.keys);
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

/** Versions that serve: by their stage, or by an alias that stands for one that does. */
const serving = (profile: Profile, references: readonly Reference[]): readonly Reference[] =>
  references.filter(
    ({ stage, aliases }) =>
      stageKind(profile, stage) === 'Production' ||
      aliases.some((alias) => stageOfAlias(profile, alias) !== undefined),
  );

function protectedBy({ model, version, stage, aliases }: Reference, what: string): Violation {
  const names = aliases.map((alias) => `@${alias}`).join(', ');
  const where = [stage, names].filter((part) => part !== '').join(', ');
  return plain(
    'DELETE_PROTECTED',
    `${what}: version ${version} of ${model} is in use (${where}).`,
    `client.transition_model_version_stage(${pythonText(model)}, "${version}", "Archived")`,
    { model, version: String(version), stage },
  );
}

/**
 * A version or a model stays while it serves. What versions were made of, a run, an experiment or a
 * logged model, stays as long as any of them is there: it is their evidence.
 */
function deletion(
  profile: Profile,
  references: readonly Reference[],
  { what, name }: Extract<ChangeAction, { kind: 'delete' }>,
): Violation[] {
  const isRegistry = what === 'version' || what === 'model';
  const holding = isRegistry ? serving(profile, references) : references;
  const refused = `The ${what} ${pythonText(name)} can't be deleted`;
  if (isRegistry) return holding.map((reference) => protectedBy(reference, refused));
  return holding.map(({ model, version, stage }) =>
    plain(
      'DELETE_PROTECTED',
      `${refused}: version ${version} of ${model} was made of it.`,
      `client.delete_model_version(${pythonText(model)}, "${version}")`,
      { model, version: String(version), stage },
    ),
  );
}

/** New params change what a version says it was trained with, once it has left stage None. */
function closedParams(
  profile: Profile,
  references: readonly Reference[],
  run: string,
  keys: readonly string[],
): Violation[] {
  const left = references.find(({ stage }) => stageKind(profile, stage) !== 'None');
  if (left === undefined || keys.length === 0) return [];
  const shown = keys.slice(0, 10).map(pythonText).join(', ');
  const message = `The params of run ${run} are closed since version ${left.version} of ${left.model} left stage None, and ${shown} would be new.`;
  const remedy = 'with mlflow.start_run(): ...  # train and register another version';
  return [plain('HYPERPARAMETERS_UNTRACKED', message, remedy, { run, model: left.model })];
}
