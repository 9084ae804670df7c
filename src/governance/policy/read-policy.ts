import { validRange } from 'semver';
import { stringify } from 'yaml';
import { canonicalDigest } from '../../platform/canonical-digest.js';
import type { JsonObject, JsonValue } from '../../platform/json-value.js';
import { DELETED } from '../../registry/versions/versions.js';
import { compileSchema, schemaOnDemand } from '../documents/json-schema.js';
import { readDocument } from '../documents/read-document.js';
import { isObject } from '../documents/unfit.js';
import { POLICY_SCHEMA } from './policy-schema.js';
import {
  type ApprovalRule,
  type Policy,
  PROFILE_DEFAULTS,
  type Profile,
  STAGES,
} from './profile.js';

export type ReadPolicy =
  | { readonly ok: true; readonly policy: Policy; readonly version: string }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Compiled when the first policy is read, not at the start. */
const checkPolicy = schemaOnDemand(POLICY_SCHEMA);

/**
 * Reads a policy from YAML or JSON, with all its defaults filled in.
 *
 * @returns the policy and its version, or one sentence for each thing that is wrong
 */
export function readPolicy(text: string | Uint8Array): ReadPolicy {
  const read = readStoredPolicy(text);
  if (!read.ok) return read;
  const { profiles } = read.policy;
  const problems = [...repeatedNames(profiles), ...profiles.flatMap(contradictions)];
  return problems.length > 0 ? { ok: false, problems } : read;
}

/**
 * Reads a policy that was put in force before: one rule more that new policies have to keep must
 * not leave a server without its policy.
 *
 * @returns what {@link readPolicy} does, whether or not its members go together
 */
export function readStoredPolicy(text: string | Uint8Array): ReadPolicy {
  const read = readDocument(text);
  if (!read.ok) return { ok: false, problems: [read.problem] };
  const wrong = checkPolicy(read.value).map(({ field, message }) =>
    field === '' ? `The policy ${message}.` : `'${field}' ${message}.`,
  );
  if (wrong.length > 0) return { ok: false, problems: wrong };
  const policy = { profiles: listOf(read.value).map(completed) };
  return { ok: true, policy, version: policyVersion(policy) };
}

/** @returns SHA-256 of the policy's canonical JSON: any change makes another version */
export const policyVersion = (policy: Policy): string => canonicalDigest(policy);

/**
 * @returns what approvals pin: the version of the one profile that they were given under, so that
 *   a change for other models doesn't dismiss them
 */
export const profileVersion = (profile: Profile): string => canonicalDigest(profile);

/** @returns the policy as YAML that {@link readPolicy} reads back to the same version */
export const exportPolicy = (policy: Policy): string =>
  stringify(policy, { lineWidth: 100, aliasDuplicateObjects: false });

const listOf = (value: JsonValue): readonly JsonObject[] =>
  isObject(value) && Array.isArray(value.profiles) ? value.profiles.filter(isObject) : [];

/** Fills in the defaults. The schema has been checked, so each member is of its type. */
function completed(written: JsonObject): Profile {
  const groups = Object.entries(PROFILE_DEFAULTS).map(([key, fallback]) => [
    key,
    isObject(written[key]) && isObject(fallback as JsonValue)
      ? { ...(fallback as unknown as JsonObject), ...(written[key] as JsonObject) }
      : (written[key] ?? fallback),
  ]);
  const profile = { ...written, ...Object.fromEntries(groups) } as Profile;
  const { approvals, metrics, aliases, serving } = profile;
  const compat = profile.mode === 'compat';
  return {
    ...profile,
    approvals: { ...approvals, by_risk: rulesByRisk(approvals.by_risk, writtenRoles(written)) },
    metrics: {
      ...metrics,
      gates: metrics.gates.map((gate) => ({ ...gate, better: gate.better ?? 'lower' })),
    },
    aliases: {
      ...aliases,
      protected: aliases.protected.map(({ pattern, as_stage }) => ({
        pattern: [pattern].flat(),
        as_stage,
      })),
    },
    serving: compat ? { ...serving, deny_latest: false, fallback_on_archive: 'none' } : serving,
  };
}

const writtenRoles = (written: JsonObject): ApprovalRule['roles'] =>
  isObject(written.approvals) && isObject(written.approvals.roles)
    ? (written.approvals.roles as ApprovalRule['roles'])
    : PROFILE_DEFAULTS.approvals.roles;

const rulesByRisk = (
  rules: Profile['approvals']['by_risk'],
  roles: ApprovalRule['roles'],
): Profile['approvals']['by_risk'] =>
  Object.fromEntries(
    Object.entries(rules).map(([risk, rule]) => [risk, { ...rule, roles: rule.roles ?? roles }]),
  );

function repeatedNames(profiles: readonly Profile[]): string[] {
  const names = profiles.map(({ name }) => name);
  const repeated = names.filter((name, index) => names.indexOf(name) !== index);
  return [...new Set(repeated)].map((name) => `The profile '${name}' stands there twice.`);
}

/** What no schema can say: members that don't go together. */
function contradictions(profile: Profile): string[] {
  const { name, approvals, card } = profile;
  const rules = [
    ['approvals', approvals] as const,
    ...Object.entries(approvals.by_risk).map(
      ([risk, rule]) => [`approvals.by_risk.${risk}`, rule] as const,
    ),
  ];
  const problems = rules.flatMap(([field, rule]) => {
    const places = Object.values(rule.roles).reduce((sum, count) => sum + count, 0);
    return places > rule.quorum
      ? [`'${field}.quorum' is ${rule.quorum}, but its roles ask for ${places} people.`]
      : [];
  });
  if (card.schema !== null) {
    const compiled = compileSchema(card.schema);
    if (!compiled.ok) problems.push(`'card.schema': ${compiled.problem}`);
  }
  problems.push(...gateProblems(profile), ...stageProblems(profile));
  return problems.map((problem) => `Profile '${name}': ${problem}`);
}

/** Which way a metric is better is no bound yet. */
const gateProblems = ({ metrics }: Profile): string[] =>
  metrics.gates
    .filter(({ metric: _, better: __, ...bounds }) => Object.keys(bounds).length === 0)
    .map(({ metric }) => `'metrics.gates' names ${JSON.stringify(metric)} without a bound.`);

function stageProblems({ stages, aliases }: Profile): string[] {
  const known: string[] = [...STAGES];
  const problems: string[] = [];
  for (const { name } of stages) {
    if (known.some((other) => other.toLowerCase() === name.toLowerCase())) {
      problems.push(`The stage '${name}' is there already.`);
    }
    // The registry keeps deleted versions there.
    if (name.toLowerCase() === DELETED.toLowerCase()) {
      problems.push(`The stage '${name}' is where deleted versions are.`);
    }
    // `models:/m/<name>` would mean something else.
    if (name.toLowerCase() === 'latest' || validRange(name) !== null) {
      problems.push(`The stage '${name}' would be taken for a version.`);
    }
    known.push(name);
  }
  for (const { as_stage } of aliases.protected) {
    if (!known.includes(as_stage)) {
      problems.push(`'aliases.protected' names the stage '${as_stage}', which is not there.`);
    }
  }
  return problems;
}
