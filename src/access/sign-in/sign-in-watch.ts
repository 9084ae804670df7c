import type { By, Caller, Origin, SignInMethod } from '../../platform/http/operation.js';
import type { Deed } from '../../platform/trail.js';

/** Where what was refused is written down, a few times a minute. */
export interface Denials {
  recordDenial(by: By, deed: Deed, why: string): Promise<void>;
}

/** Is told of sign-ins that have failed. */
export interface SignInWatch {
  /** @param who a name as it was given, which nobody has proven; empty where there is none */
  failed(origin: Origin, method: SignInMethod, who: string, why: string): Promise<void>;
  /** @param subject an account or an address, which takes no passwords for a time */
  locked(origin: Origin, subject: string, until: number): Promise<void>;
}

/** Writes failed sign-ins and lock-outs into the audit log as what they are: refusals. */
export class AuditedSignIns implements SignInWatch {
  readonly #denials: Denials;

  constructor(denials: Denials) {
    this.#denials = denials;
  }

  failed(origin: Origin, method: SignInMethod, who: string, why: string): Promise<void> {
    const deed = { action: 'sign_in.fail', object: { kind: 'user', id: who } };
    return this.#denials.recordDenial(nobodyAt(origin, method), deed, why);
  }

  locked(origin: Origin, subject: string, until: number): Promise<void> {
    const at = subject.indexOf(':');
    const kind = subject.slice(0, at) === 'account' ? 'user' : 'address';
    const object = { kind, id: subject.slice(at + 1) };
    const deed = { action: 'sign_in.lock_out', object, after: { locked_until: until } };
    return this.#denials.recordDenial(nobodyAt(origin, 'password'), deed, 'too many failures');
  }
}

/** For tests of something else. */
export const noWatch: SignInWatch = {
  failed: async () => undefined,
  locked: async () => undefined,
};

/** Whoever fails to sign in is nobody yet, whatever name they give. */
const nobodyAt = (origin: Origin, method: SignInMethod): By => {
  const caller: Caller = { name: 'anonymous', isAdmin: false, method };
  return { caller, origin };
};
