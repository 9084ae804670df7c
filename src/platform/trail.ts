import type { Transaction } from './db/database.js';
import type { By } from './http/operation.js';

/** Something that a deed was done to, as the audit log and permissions name it. */
export interface Thing {
  /** For example `registered_model`, `model_version`, `user`. */
  readonly kind: string;
  /** What its users call it: a name, an id, or `name/version`. */
  readonly id: string;
}

/** What was done. Values are plain JSON; secrets never are among them. */
export interface Deed {
  /** The thing and the verb, for example `model_version.transition`. */
  readonly action: string;
  readonly object: Thing;
  /** What of it was otherwise before; absent where there was nothing. */
  readonly before?: unknown;
  /** What it is from now on; absent where nothing is left. */
  readonly after?: unknown;
  /** Why, in the words of who did it. */
  readonly reason?: string;
}

/**
 * Is told of each deed in the transaction that does it: both are stored or neither is. It is a
 * port of every slice that changes what somebody may have to answer for.
 */
export interface Trail {
  record(tx: Transaction, by: By, deed: Deed): Promise<void>;
}

/** As {@link Trail}, for deeds so frequent that they must not wait for each other. */
export interface BusyTrail extends Trail {
  recordLater(tx: Transaction, by: By, deed: Deed): Promise<void>;
}

/** For a server that keeps no audit log, and for tests of something else. */
export const noTrail: BusyTrail = {
  record: async () => undefined,
  recordLater: async () => undefined,
};

/** Kinds of things that somebody owns. The id of a scorer is `<experiment id>/<name>`. */
export type OwnedKind = 'experiment' | 'registered_model' | 'prompt' | 'scorer';

/**
 * Is told in their transactions when things come, go and change their names, so that who made a
 * thing may manage it, and nobody inherits rights on a name that is used again.
 */
export interface Owners {
  created(tx: Transaction, by: By, kind: OwnedKind, id: string): Promise<void>;
  renamed(tx: Transaction, kind: OwnedKind, from: string, to: string): Promise<void>;
  deleted(tx: Transaction, kind: OwnedKind, id: string): Promise<void>;
}

/** Where nobody signs in, nobody owns anything. */
export const noOwners: Owners = {
  created: async () => undefined,
  renamed: async () => undefined,
  deleted: async () => undefined,
};

/** Who is told of what everybody does. */
export interface Witnesses {
  readonly trail: Trail;
  readonly owners: Owners;
}

/** As {@link Witnesses}, where much is done. */
export interface BusyWitnesses extends Witnesses {
  readonly trail: BusyTrail;
}
