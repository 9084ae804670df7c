import type { CardReason } from '../cards/check-card.js';
import { metricFailures } from '../gates/metric-gates.js';
import { stageKind } from '../policy/find-profile.js';
import type { Profile } from '../policy/profile.js';
import type { VersionFacts } from './facts.js';
import { clientCall, pythonText } from './python.js';
import type { Reason, Violation } from './violation.js';

/** How a version is registered whose proposed number was refused. */
export const NUMBERED_BY_SERVER =
  'client.create_model_version(name, source, run_id)  # the server numbers it by what changed';

/** @returns a violation about a version, with what programs want to know of it */
export const violationOf = (
  { model, version }: Pick<VersionFacts, 'model' | 'version'>,
  reason: Reason,
  message: string,
  remedy = '',
  metadata: Readonly<Record<string, string>> = {},
): Violation => ({
  reason,
  message,
  remedy,
  metadata: { model, version: String(version), ...metadata },
});

/**
 * What no approval and no emergency does away with: that the files are those that were registered,
 * and that an ONNX model is one.
 */
export function integrityViolations(facts: VersionFacts): Violation[] {
  const { integrity, format } = facts;
  const register = `mlflow.register_model(model_uri, ${pythonText(facts.model)})`;
  const violations: Violation[] = [];
  if (integrity.artifacts === 'changed') {
    const files = integrity.changedFiles.slice(0, 5).join(', ');
    const message = `Files are not those that were registered${files && `: ${files}`}.`;
    violations.push(violationOf(facts, 'ARTIFACT_TAMPERED', message, register));
  }
  if (integrity.signature === 'invalid') {
    const message = 'The signature of the model does not belong to its files.';
    violations.push(violationOf(facts, 'ARTIFACT_TAMPERED', message, register));
  }
  if (format.onnx.state === 'invalid') {
    const message = `The ONNX model is broken: ${format.onnx.problems.slice(0, 5).join('; ')}.`;
    const check = 'onnx.checker.check_model(onnx.load("model.onnx"), full_check=True)';
    violations.push(violationOf(facts, 'ONNX_INVALID', message, `${check}; ${register}`));
  }
  if (format.onnx.state === 'pending') {
    const message = 'The ONNX model is still being verified.';
    const again = `${clientCall('get_model_version', facts.model, String(facts.version))}.status`;
    violations.push(violationOf(facts, 'ONNX_INVALID', message, again));
  }
  return violations;
}

const CARD_REASONS: readonly CardReason[] = [
  'MODEL_CARD_REQUIRED',
  'MODEL_CARD_INVALID',
  'MODEL_CARD_MISMATCH',
  'MODEL_CARD_EXPIRED',
];

/** @returns one violation for each kind of fault of the card, with all faults of that kind */
export function cardViolations(facts: VersionFacts, rules: Profile['card']): Violation[] {
  if (!rules.required) return [];
  const remedy = `client.set_model_version_tag(${pythonText(facts.model)}, ${pythonText(
    String(facts.version),
  )}, "model_card", open("model_card.yaml").read())`;
  return CARD_REASONS.flatMap((reason) => {
    const found = facts.card.problems.filter((problem) => problem.reason === reason);
    if (found.length === 0) return [];
    const fields = found.map(({ field }) => field).filter((field) => field !== '');
    const message = found.map((problem) => problem.message).join(' ');
    return [violationOf(facts, reason, message, remedy, { fields: fields.join(',') })];
  });
}

/** @returns what a profile asks a version to prove, and it doesn't; the card aside */
export const evidenceViolations = (facts: VersionFacts, profile: Profile): Violation[] => [
  ...numberViolations(facts),
  ...lineageViolations(facts, profile.lineage),
  ...metricViolations(facts, profile.metrics),
  ...parameterViolations(facts, profile),
  ...formatViolations(facts, profile.format),
];

/** A version whose number was refused was never registered, as far as its client knows. */
function numberViolations(facts: VersionFacts): Violation[] {
  const { numberRefused: refused } = facts;
  if (refused === undefined) return [];
  const message = `The registration has failed. ${refused.message}`;
  return [violationOf(facts, refused.reason, message, NUMBERED_BY_SERVER)];
}

/** Columns of which it is said what is wrong; others are named. */
const SPELT = 10;

function lineageViolations(facts: VersionFacts, rules: Profile['lineage']): Violation[] {
  const { lineage, contract, runId } = facts;
  const violations: Violation[] = [];
  const add = (reason: Reason, message: string, remedy: string, missing: string) =>
    violations.push(violationOf(facts, reason, message, remedy, { missing }));
  const setTag = (key: string, value: string) =>
    `client.set_tag(${pythonText(runId)}, ${pythonText(key)}, ${value})`;
  if (rules.require_commit && !lineage.isCommitValid) {
    const commit = lineage.commit?.slice(0, 80);
    const message =
      commit === undefined
        ? 'The run names no git commit: MLflow records one only for scripts inside of a repository.'
        : `The run's git commit ${pythonText(commit)} is not a whole hash of 40 or 64 digits.`;
    const inside = 'mlflow.set_tag("mlflow.source.git.commit", sha)';
    const remedy = `${setTag('mlflow.source.git.commit', 'sha')}  # in a notebook: ${inside}`;
    add('LINEAGE_REQUIRED', message, remedy, 'commit');
  }
  if (rules.require_clean && lineage.isDirty) {
    const message = 'The run was started from files that its commit does not hold.';
    add(
      'DIRTY_SOURCE',
      message,
      '# commit what was changed (git commit -a), then train and register again',
      '',
    );
  }
  if (rules.require_dataset && lineage.datasets.length === 0) {
    const message = 'The run names no data set that the model was trained on.';
    const log = 'mlflow.log_input(mlflow.data.from_pandas(df, source=uri), context="training")';
    const remedy = `with mlflow.start_run(run_id=${pythonText(runId)}): ${log}`;
    add('LINEAGE_REQUIRED', message, remedy, 'dataset');
  }
  if (contract.state === 'absent' && rules.require_contract) {
    const message = 'No data contract is named or attached.';
    const remedy = `client.log_artifact(${pythonText(runId)}, "data_contract.yaml")`;
    add('LINEAGE_REQUIRED', message, remedy, 'data_contract');
  }
  // A contract that is there has to be kept, whether or not one has to be there.
  if (contract.state === 'broken' || contract.state === 'unreadable') {
    const { problems, columns = [] } = contract;
    const others = columns.slice(SPELT).join(', ');
    const more = others === '' ? '' : ` The same goes for ${others}.`;
    const message = `The data contract is not kept: ${problems.slice(0, SPELT).join(' ')}${more}`;
    const remedy = contract.isUnsigned
      ? // The files of a version are frozen: a signature comes with another one.
        `mlflow.sklearn.log_model(model, "model", signature=mlflow.models.infer_signature(df), registered_model_name=${pythonText(facts.model)})  # or another flavor`
      : `client.log_artifact(${pythonText(runId)}, "data_contract.yaml")`;
    const metadata = columns.length === 0 ? {} : { columns: columns.join(',') };
    violations.push(violationOf(facts, 'DATA_CONTRACT_VIOLATION', message, remedy, metadata));
  }
  return violations;
}

function metricViolations(facts: VersionFacts, rules: Profile['metrics']): Violation[] {
  return metricFailures(rules, facts.metrics).map(({ metric, message }) => {
    const remedy = `client.log_metric(${pythonText(facts.runId)}, ${pythonText(metric)}, value)`;
    return violationOf(facts, 'METRIC_GATE_FAILED', message, remedy, { metric });
  });
}

function parameterViolations(facts: VersionFacts, profile: Profile): Violation[] {
  const rules = profile.hyperparameters;
  const missing = rules.require_params.filter((key) => !Object.hasOwn(facts.params, key));
  const log = (key: string) =>
    `client.log_param(${pythonText(facts.runId)}, ${pythonText(key)}, value)`;
  // A run takes no new params once a version of it has left stage None.
  const isClosed = stageKind(profile, facts.stage) !== 'None';
  const remedyFor = (keys: readonly string[]) =>
    isClosed ? anew(facts, keys) : keys.map(log).join('; ');
  if (missing.length > 0) {
    const message = `Hyper-parameters are not logged: ${missing.join(', ')}.`;
    const remedy = remedyFor(missing);
    const metadata = { params: missing.join(',') };
    return [violationOf(facts, 'HYPERPARAMETERS_UNTRACKED', message, remedy, metadata)];
  }
  if (!rules.require_any || Object.keys(facts.params).length > 0) return [];
  const message = 'No hyper-parameter is logged on the run or the logged model.';
  return [violationOf(facts, 'HYPERPARAMETERS_UNTRACKED', message, remedyFor(['name']))];
}

/** What is closed stays as it is: other params make another version. */
function anew({ model, version }: VersionFacts, keys: readonly string[]): string {
  const params = keys.map((key) => `${pythonText(key)}: value`).join(', ');
  const register = `mlflow.register_model(model_uri, ${pythonText(model)})`;
  const why = `the params behind version ${version} are closed since it left stage None`;
  return `with mlflow.start_run(): mlflow.log_params({${params}})  # train there, then ${register}: ${why}`;
}

function formatViolations(facts: VersionFacts, rules: Profile['format']): Violation[] {
  const { formats, onnx } = facts.format;
  const violations: Violation[] = [];
  if (rules.require === 'onnx' && onnx.state === 'absent') {
    const remedy = `mlflow.onnx.log_model(onnx_model, name="model", registered_model_name=${pythonText(facts.model)})`;
    violations.push(violationOf(facts, 'ONNX_REQUIRED', 'The model is not ONNX.', remedy));
  }
  if (rules.require === 'safetensors' && !formats.includes('safetensors')) {
    const message = 'The weights are not stored as safetensors.';
    const remedy = 'safetensors.torch.save_file(model.state_dict(), "model.safetensors")';
    violations.push(violationOf(facts, 'UNSAFE_FORMAT', message, remedy));
  }
  if (rules.unsafe === 'deny') violations.push(...unsafeFormat(facts));
  return violations;
}

/** @returns that files run code when they are loaded, if any do */
export function unsafeFormat(facts: VersionFacts): Violation[] {
  const { unsafeFiles } = facts.format;
  if (unsafeFiles.length === 0) return [];
  const message = `Files run code when they are loaded: ${unsafeFiles.slice(0, 5).join(', ')}.`;
  return [violationOf(facts, 'UNSAFE_FORMAT', message, 'mlflow.onnx.log_model(onnx_model, ...)')];
}
