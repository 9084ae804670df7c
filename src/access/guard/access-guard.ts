import type { IncomingMessage } from 'node:http';
import { LRUCache } from 'lru-cache';
import { MlflowError } from '../../errors.js';
import type { Workspaced } from '../../platform/db/workspace.js';
import { type Guard, type MountedOperation, requirementsOf } from '../../platform/http/guard.js';
import type { AliasRight, Call, Caller, Requirement } from '../../platform/http/operation.js';
import type { Message } from '../../platform/http/read-message.js';
import type { Scope } from '../../platform/http/scope.js';
import type { AccessChanges } from '../access-changes.js';
import type { Permission } from '../permission.js';
import { accessScope } from './access-scope.js';
import type { Judge } from './judge.js';
import type { Targets } from './targets.js';

/** Milliseconds for which a caller may go on doing what they were just allowed to do. */
const VALID_FOR = 1_000;
const REMEMBERED = 20_000;
/** Operations by whose name it is plain that they change nothing. */
const READING = /^(?:get|list|search|graphql)/;
/** What EDIT lets do, and yet moves grants. */
const RENAMING = /^rename/;

/** Is told of everything that was refused. */
export interface Refusals {
  record(call: Call, operation: string, missing: Requirement): Promise<void>;
  /** @param asked what was asked for, without secrets */
  recordOther(call: Call, operation: string, asked: Message, why: string): Promise<void>;
}

/** What says of a request what it is about; passwords and tokens are not among it. */
const TELLING = [
  ...['name', 'username', 'role_id', 'role_permission_id', 'workspace', 'workspace_name'],
  ...['resource_type', 'resource_id', 'resource_pattern', 'permission', 'experiment_id'],
  ...['scorer_name', 'registered_model_id', 'token_id', 'request_id', 'is_admin'],
];

export interface GuardParts {
  readonly identify: (request: IncomingMessage) => Caller | Promise<Caller>;
  readonly addressOf: (request: IncomingMessage) => string;
  readonly targets: Targets;
  readonly judge: Judge;
  readonly refusals: Refusals;
  /** What everybody has without a grant. */
  readonly floor: Permission;
  /** Whether a token was made for this. */
  readonly inScope: (caller: Caller, needed: Requirement) => boolean;
  readonly changes: AccessChanges;
  readonly database: Workspaced;
}

/**
 * Lets a request through when everything that it takes is allowed. What was allowed is remembered
 * for a second, on each server for itself, so a right that is taken away is gone everywhere after
 * that, and at once where it was taken; what was refused is asked anew each time.
 */
export class AccessGuard implements Guard {
  readonly #parts: GuardParts;
  readonly #allowed = new LRUCache<string, true>({ max: REMEMBERED, ttl: VALID_FOR });

  constructor(parts: GuardParts) {
    this.#parts = parts;
  }

  identify(request: IncomingMessage): Caller | Promise<Caller> {
    return this.#parts.identify(request);
  }

  addressOf(request: IncomingMessage): string {
    return this.#parts.addressOf(request);
  }

  scopeOf(caller: Caller): Scope {
    const { floor, judge, database } = this.#parts;
    return accessScope(caller, { floor, reading: judge.reading, database });
  }

  admit(operation: MountedOperation, input: Message, call: Call): Message | Promise<Message> {
    if (operation.access === 'open') return input;
    const { caller } = call;
    const { access, of } = operation;
    // Of the operation itself: what it takes of things may say less of what it does.
    if (!this.#parts.inScope(caller, { access, of, id: '' })) {
      return this.#refuse(call, operation, { access, of, id: '' });
    }
    const requirements = requirementsOf(operation, input, call.headers);
    const now = this.#parts.changes.count;
    if (requirements.every((needed) => this.#allowed.has(keyOf(now, caller, needed)))) return input;
    return this.#admit(operation, input, call, requirements);
  }

  settled({ access, name = '' }: MountedOperation): void {
    // Grants go with models and scorers too, and what may change grants takes no less than this.
    const takesMuch = access === 'login' || access === 'admin' || access === 'manage';
    if (takesMuch ? !READING.test(name) : RENAMING.test(name)) this.#parts.changes.note();
  }

  async #admit(
    operation: MountedOperation,
    input: Message,
    call: Call,
    requirements: readonly Requirement[],
  ): Promise<Message> {
    const { narrow, orRight } = operation;
    await this.#prepare(requirements);
    const refused = await this.#refusedOf(call.caller, requirements);
    const [first] = refused;
    if (first === undefined) return input;
    if (orRight !== undefined && (await this.#holds(call.caller, orRight(input)))) return input;
    if (narrow !== undefined) {
      const readable = requirements.filter((needed) => !refused.includes(needed));
      return narrow(
        input,
        readable.map(({ id }) => id),
      );
    }
    return this.#refuse(call, operation, first);
  }

  refused(operation: MountedOperation, input: Message, call: Call, why: string): Promise<void> {
    const asked = Object.fromEntries(
      TELLING.flatMap((key) => (input[key] === undefined ? [] : [[key, String(input[key])]])),
    );
    return this.#parts.refusals.recordOther(call, operation.name ?? '', asked, why);
  }

  async #refuse(call: Call, { name = '' }: MountedOperation, needed: Requirement): Promise<never> {
    await this.#parts.refusals.record(call, name, needed);
    throw permissionDenied();
  }

  /** Whether a role of somebody who may edit the model gives this very right. */
  async #holds(caller: Caller, right: AliasRight): Promise<boolean> {
    const { judge } = this.#parts;
    const edit = { access: 'edit', of: 'registered_model', id: right.model } as const;
    if (!(await judge.allows(caller, edit))) return false;
    // As for an alias that serves: of others MLflow's levels decide.
    return (await judge.judge(caller, { ...right, to: 'Production' })).allowed;
  }

  async #prepare(requirements: readonly Requirement[]): Promise<void> {
    const kinds = new Set(requirements.map(({ of }) => of));
    for (const kind of kinds) {
      const ids = requirements.filter(({ of }) => of === kind).map(({ id }) => id);
      if (ids.length > 1) await this.#parts.targets.prepare(kind, ids);
    }
  }

  async #refusedOf(
    caller: Caller,
    requirements: readonly Requirement[],
  ): Promise<readonly Requirement[]> {
    // What is found out now holds for what was changed until now.
    const now = this.#parts.changes.count;
    const open = requirements.filter((needed) => !this.#allowed.has(keyOf(now, caller, needed)));
    const refused = await this.#parts.judge.refusedOf(caller, open);
    for (const needed of open) {
      if (!refused.includes(needed)) this.#allowed.set(keyOf(now, caller, needed), true);
    }
    return refused;
  }
}

/** 403, which clients don't repeat. */
export const permissionDenied = (message = 'Permission denied'): MlflowError =>
  new MlflowError('PERMISSION_DENIED', message);

const keyOf = (
  changes: number,
  { userId, method, isAdmin, scopes }: Caller,
  { access, of, id }: Requirement,
): string =>
  `${changes} ${userId} ${isAdmin} ${method} ${scopes?.join() ?? ''} ${access} ${of} ${id}`;
