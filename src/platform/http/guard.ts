import type { IncomingMessage } from 'node:http';
import type { Access, AliasRight, Call, Caller, Requirement, ResourceKind } from './operation.js';
import type { Message } from './read-message.js';
import { type Scope, seesAll } from './scope.js';

/** An operation as the engine sees it: its types have been checked where it was written. */
export interface MountedOperation {
  /** The operation's id in the contract. */
  readonly name?: string;
  readonly access: Access;
  readonly of: ResourceKind;
  readonly id?: (input: Message, headers: Call['headers']) => string | readonly string[];
  readonly also?: (input: Message, headers: Call['headers']) => readonly Requirement[];
  readonly orRight?: (input: Message) => AliasRight;
  readonly narrow?: (input: Message, readable: readonly string[]) => Message;
  readonly handler: (input: Message, call: Call) => Promise<unknown>;
}

/** Decides who comes in and who may do what. */
export interface Guard {
  /**
   * @returns who asks
   * @throws MlflowError 401 when it can't be told, or is not true
   */
  identify(request: IncomingMessage): Caller | Promise<Caller>;
  /**
   * @returns the input as the handler is to see it: lists lose what the caller may not read
   * @throws MlflowError 403 when the caller may not do this
   */
  admit(operation: MountedOperation, input: Message, call: Call): Message | Promise<Message>;
  /** Is told of what an operation has refused by itself. */
  refused?(operation: MountedOperation, input: Message, call: Call, why: string): Promise<void>;
  /** Is told that an operation has been carried out, or has failed. */
  settled?(operation: MountedOperation): void;
  /** @returns the address of whoever sent a request, as far as it can be believed */
  addressOf(request: IncomingMessage): string;
  /** @returns which rows of a list this caller may see */
  scopeOf(caller: Caller): Scope;
}

/** Everybody where nobody signs in. */
export const ANYBODY: Caller = { name: 'anonymous', isAdmin: true, method: 'nobody' };

/** Lets everybody do everything. */
export const openGuard: Guard = {
  identify: () => ANYBODY,
  admit: (_, input) => input,
  addressOf: ({ socket }) => socket.remoteAddress ?? '',
  scopeOf: () => seesAll,
};

/** @returns what a request takes, of everything that it names */
export function requirementsOf(
  { access, of, id, also }: MountedOperation,
  input: Message,
  headers: Call['headers'],
): readonly Requirement[] {
  const named = id?.(input, headers) ?? [];
  const ids = typeof named === 'string' ? [named] : [...new Set(named)];
  const own =
    ids.length > 0
      ? ids.map((each) => ({ access, of, id: each }))
      : [access === 'create' ? { access, of, id: '' } : ofNothing(access)];
  return also === undefined ? own : [...own, ...also(input, headers)];
}

/** Where a request names nothing there is nothing to protect: the handler narrows or refuses. */
const ofNothing = (access: Access): Requirement => ({
  access: access === 'read' || access === 'edit' || access === 'manage' ? 'login' : access,
  of: 'server',
  id: '',
});
