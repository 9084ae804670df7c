import type { IncomingMessage } from 'node:http';
import { LRUCache } from 'lru-cache';
import { MlflowError } from '../errors.js';
import type { Database } from '../platform/db/database.js';
import { DEFAULT_WORKSPACE } from '../platform/db/workspace.js';
import { type Guard, type MountedOperation, requirementsOf } from '../platform/http/guard.js';
import type { Call, Caller, Requirement } from '../platform/http/operation.js';
import type { Message } from '../platform/http/read-message.js';
import type { Scope } from '../platform/http/scope.js';
import type { Placed, WhereaboutsStore } from './whereabouts.store.js';

/** Things never leave their workspace while there is one. */
const REMEMBERED = 50_000;

export interface WorkspaceGuardParts {
  readonly database: Pick<Database, 'read' | 'workspace'>;
  readonly store: WhereaboutsStore;
  /** Decides who may do what in this workspace. */
  readonly inner: Guard;
  /** What is said of a thing that is not there. */
  readonly missing: Readonly<Record<Placed, (id: string) => MlflowError>>;
}

/**
 * Makes everything that lies in another workspace look absent. Names are looked up in one
 * workspace alone; here ids are, which are the same in all: those that requests name, by the same
 * rules that say what access they take, and those of lists.
 */
export class WorkspaceGuard implements Guard {
  readonly #parts: WorkspaceGuardParts;
  readonly #here = new LRUCache<string, true>({ max: REMEMBERED });

  constructor(parts: WorkspaceGuardParts) {
    this.#parts = parts;
  }

  identify(request: IncomingMessage): Caller | Promise<Caller> {
    return this.#parts.inner.identify(request);
  }

  addressOf(request: IncomingMessage): string {
    return this.#parts.inner.addressOf(request);
  }

  scopeOf(caller: Caller): Scope {
    const { inner, database } = this.#parts;
    const scope = inner.scopeOf(caller);
    return {
      // Tables that have no experiments ask for the workspace themselves.
      isWhole: scope.isWhole,
      experiments: (rows, column) => {
        scope.experiments(rows, column);
        rows.whereRaw(
          `${column} in (select here.experiment_id from experiments here where here.workspace = ?)`,
          [database.workspace],
        );
      },
      models: (rows, columns) => scope.models(rows, columns),
    };
  }

  admit(operation: MountedOperation, input: Message, call: Call): Message | Promise<Message> {
    this.#checkAudit(operation, call);
    const requirements = requirementsOf(operation, input, call.headers);
    const open = requirements.flatMap((needed) => {
      const place = placeOf(needed);
      return place === undefined || this.#here.has(keyOf(place)) ? [] : [{ needed, place }];
    });
    if (open.length === 0) return this.#parts.inner.admit(operation, input, call);
    return this.#admit(operation, input, call, requirements, open);
  }

  refused(operation: MountedOperation, input: Message, call: Call, why: string): Promise<void> {
    return this.#parts.inner.refused?.(operation, input, call, why) ?? Promise.resolve();
  }

  settled(operation: MountedOperation): void {
    this.#parts.inner.settled?.(operation);
  }

  /** The log is one for the whole server: what a workspace's auditors may see of it ends here. */
  #checkAudit({ access }: MountedOperation, { caller }: Call): void {
    const { workspace } = this.#parts.database;
    if (access !== 'audit' || workspace === DEFAULT_WORKSPACE || caller.isAdmin) return;
    throw new MlflowError('PERMISSION_DENIED', 'The audit log is read in the default workspace');
  }

  async #admit(
    operation: MountedOperation,
    input: Message,
    call: Call,
    requirements: readonly Requirement[],
    open: readonly { readonly needed: Requirement; readonly place: Place }[],
  ): Promise<Message> {
    const { inner, missing } = this.#parts;
    const elsewhere = await this.#elsewhere(open.map(({ place }) => place));
    const foreign = open.filter(({ place }) => elsewhere.has(keyOf(place)));
    const [first] = foreign;
    if (first === undefined) return inner.admit(operation, input, call);
    if (operation.narrow === undefined) throw missing[first.place.kind](first.place.id);
    const left = requirements.filter((needed) => !foreign.some((one) => one.needed === needed));
    const narrowed = operation.narrow(
      input,
      left.map(({ id }) => id),
    );
    return inner.admit(operation, narrowed, call);
  }

  /** @returns the keys of those that lie in another workspace */
  async #elsewhere(places: readonly Place[]): Promise<ReadonlySet<string>> {
    const { database, store } = this.#parts;
    const found = new Set<string>();
    for (const kind of new Set(places.map((place) => place.kind))) {
      const ids = [...new Set(places.flatMap((one) => (one.kind === kind ? [one.id] : [])))];
      for (const [id, workspace] of await store.of(database.read, kind, ids)) {
        const key = keyOf({ kind, id });
        if (workspace === database.workspace) this.#here.set(key, true);
        else found.add(key);
      }
    }
    return found;
  }
}

interface Place {
  readonly kind: Placed;
  readonly id: string;
}

const keyOf = ({ kind, id }: Place): string => `${kind} ${id}`;

/** @returns what has to lie here; undefined for names, and for what can be the id of nothing */
function placeOf({ of, id }: Requirement): Place | undefined {
  switch (of) {
    case 'experiment':
      return experiment(id);
    case 'scorer':
      return experiment(id.split('/', 1)[0] ?? '');
    case 'assessment':
      return id === '' ? undefined : { kind: 'trace', id };
    case 'run':
    case 'trace':
    case 'logged_model':
    case 'evaluation_dataset':
    case 'issue':
    case 'label_schema':
    case 'review_queue':
      return id === '' ? undefined : { kind: of, id };
    default:
      return undefined;
  }
}

/** Ids of experiments are read as the slices read them: with a sign, zeros and blanks. */
const experiment = (text: string): Place | undefined =>
  /^\s*[+-]?\d{1,15}\s*$/.test(text) ? { kind: 'experiment', id: String(Number(text)) } : undefined;
