import { createHash } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import {
  type DetailedError,
  policySetTextToParts,
  policyToJson,
  preparsePolicySet,
  preparseSchema,
  statefulIsAuthorized,
  validate,
} from '@cedar-policy/cedar-wasm/nodejs';
import { BASE_POLICIES, POLICY_SCHEMA } from './base-policies.js';
import { Reading } from './reading.js';

// A call of Cedar returns an object. V8 11.3, that of Node 20, ends the process ("unreachable code")
// when it throws code away into which such a call was inlined, while the call is under way: a busy
// server came to that within minutes. V8 reads this when it optimizes; not all later ones know it.
if (Number.parseInt(process.versions.v8, 10) < 14) {
  setFlagsFromString('--no-turbo-inline-js-wasm-calls');
}

/** What somebody may be allowed to do. */
export type PolicyAction =
  | 'login'
  | 'read'
  | 'edit'
  | 'manage'
  | 'create'
  | 'admin'
  | 'audit'
  | 'transition'
  | 'alias'
  | 'approve'
  | 'rollback'
  | 'break_glass';

/** A question to the policies. */
export interface PolicyQuestion {
  readonly principal: {
    readonly name: string;
    readonly isAdmin: boolean;
    readonly method: string;
    readonly roles: readonly string[];
  };
  readonly action: PolicyAction;
  readonly resource: { readonly kind: string; readonly name: string };
  /** MLflow's levels: 0 NO_PERMISSIONS, 1 READ, 2 USE, 3 EDIT, 4 MANAGE. */
  readonly level: number;
  readonly denied?: boolean;
  /** A right of one of the principal's roles names this very deed. */
  readonly granted?: boolean;
  /** False for a token that was not made for this. */
  readonly inScope?: boolean;
  readonly from?: string;
  readonly to?: string;
  readonly alias?: string;
}

export interface PolicyAnswer {
  readonly allowed: boolean;
  /** The ids of the policies that decided: those that forbid, else those that permit. */
  readonly because: readonly string[];
}

/**
 * The policies of a server: ours and those of whoever runs it, parsed once.
 *
 * Source of the language: Cedar 4, https://www.cedarpolicy.com
 */
export class Policies {
  /** Names these policies in the audit log: the first 16 hex digits of their SHA-256. */
  readonly version: string;
  readonly text: string;
  /** Which rows of lists they show and hide. */
  readonly reading: Reading;

  /**
   * @param own Cedar policies beside {@link BASE_POLICIES}
   * @throws Error when they can't be read, or speak of what the schema doesn't know
   */
  constructor(own = '') {
    this.text = `${BASE_POLICIES.trimStart()}${own === '' ? '' : `\n${own}`}`;
    this.version = createHash('sha256').update(this.text).digest('hex').slice(0, 16);
    const staticPolicies = policiesById(this.text);
    const checked = validate({
      schema: POLICY_SCHEMA,
      policies: { staticPolicies },
      validationSettings: { mode: 'strict' },
    });
    if (checked.type === 'failure') throw unreadable(checked.errors);
    const [wrong] = checked.validationErrors;
    if (wrong !== undefined) {
      throw new Error(`Access policy '${wrong.policyId}': ${wrong.error.message}`);
    }
    this.reading = readingOf(staticPolicies);
    preparsePolicySet(this.version, { staticPolicies });
    preparseSchema('runledger', POLICY_SCHEMA);
  }

  /** @throws Error when Cedar itself fails, which counts as a refusal to whoever asks */
  decide(question: PolicyQuestion): PolicyAnswer {
    const { principal, resource } = question;
    const user = { type: 'User', id: principal.name };
    const thing = { type: 'Resource', id: `${resource.kind}/${resource.name}` };
    const answer = statefulIsAuthorized({
      principal: user,
      action: { type: 'Action', id: question.action },
      resource: thing,
      context: {
        level: question.level,
        denied: question.denied ?? false,
        granted: question.granted ?? false,
        inScope: question.inScope ?? true,
        from: question.from ?? '',
        to: question.to ?? '',
        alias: question.alias ?? '',
      },
      preparsedPolicySetId: this.version,
      preparsedSchemaName: 'runledger',
      validateRequest: false,
      entities: [
        {
          uid: user,
          attrs: { isAdmin: principal.isAdmin, method: principal.method },
          parents: principal.roles.map((id) => ({ type: 'Role', id })),
        },
        { uid: thing, attrs: { kind: resource.kind, name: resource.name }, parents: [] },
      ],
    });
    if (answer.type === 'failure') throw unreadable(answer.errors);
    const { decision, diagnostics } = answer.response;
    return { allowed: decision === 'allow', because: [...diagnostics.reason].sort() };
  }
}

function readingOf(policies: Readonly<Record<string, string>>): Reading {
  const builtIn = Object.keys(policiesById(BASE_POLICIES));
  const read = Object.entries(policies).map(([id, policy]) => {
    const answer = policyToJson(policy);
    if (answer.type === 'failure') throw unreadable(answer.errors);
    return [id, answer.json] as const;
  });
  const [base, own] = [true, false].map((isBase) =>
    Object.fromEntries(read.filter(([id]) => builtIn.includes(id) === isBase)),
  );
  return new Reading(base ?? {}, own ?? {});
}

/** Cedar numbers policies by itself; people name them, by an annotation. */
function policiesById(text: string): Record<string, string> {
  const parts = policySetTextToParts(text);
  if (parts.type === 'failure') throw unreadable(parts.errors);
  if (parts.policy_templates.length > 0) {
    throw new Error('Access policies: templates have nobody who would fill them in');
  }
  const named: Record<string, string> = {};
  parts.policies.forEach((policy, index) => {
    const read = policyToJson(policy);
    if (read.type === 'failure') throw unreadable(read.errors);
    const id = read.json.annotations?.id ?? `policy-${index + 1}`;
    if (Object.hasOwn(named, id)) throw new Error(`Access policies: two have the id '${id}'`);
    named[id] = policy;
  });
  return named;
}

const unreadable = (errors: readonly DetailedError[]): Error =>
  new Error(`Access policies: ${errors.map(({ message }) => message).join('; ')}`);
