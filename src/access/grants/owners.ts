import { scorerKey } from '../../evaluation/scorers/scorers.js';
import type { Transaction } from '../../platform/db/database.js';
import type { By } from '../../platform/http/operation.js';
import type { OwnedKind, Owners, Trail } from '../../platform/trail.js';
import type { GrantStore } from './grants.store.js';

/** Models and prompts share their names, and one may become the other. */
const NAMED_ALIKE: readonly OwnedKind[] = ['registered_model', 'prompt'];

/** Who makes a thing may manage it; with its name go the rights on it. */
export class GrantingOwners implements Owners {
  readonly #grants: GrantStore;
  readonly #trail: Trail;

  constructor(grants: GrantStore, trail: Trail) {
    this.#grants = grants;
    this.#trail = trail;
  }

  async created(tx: Transaction, by: By, kind: OwnedKind, id: string): Promise<void> {
    const { userId, name } = by.caller;
    if (userId === undefined) return;
    const pattern = patternOf(kind, id);
    if (pattern === ALL) return;
    if (!(await this.#grants.insert(tx, userId, kind, pattern, 'MANAGE'))) {
      const known = await this.#grants.find(tx, userId, kind, pattern);
      // What was forbidden to somebody by name does not become theirs because they make it.
      if (known === undefined || known.permission === 'DENY') return;
      await this.#grants.set(tx, known.id, 'MANAGE');
    }
    await this.#trail.record(tx, by, {
      action: 'permission.grant',
      object: { kind, id },
      after: { user: name, permission: 'MANAGE' },
    });
  }

  async renamed(tx: Transaction, kind: OwnedKind, from: string, to: string): Promise<void> {
    if (from === ALL || to === ALL) return;
    for (const each of alike(kind)) {
      await this.#grants.sweep(tx, each, patternOf(each, to));
      await this.#grants.move(tx, each, patternOf(each, from), patternOf(each, to));
    }
    if (!NAMED_ALIKE.includes(kind)) return;
    await this.#grants.sweepRights(tx, to);
    await this.#grants.moveRights(tx, from, to);
  }

  async deleted(tx: Transaction, kind: OwnedKind, id: string): Promise<void> {
    // A deleted experiment may come back, and its id never comes twice.
    if (kind === 'experiment' || id === ALL) return;
    for (const each of alike(kind)) await this.#grants.sweep(tx, each, patternOf(each, id));
    if (NAMED_ALIKE.includes(kind)) await this.#grants.sweepRights(tx, id);
  }
}

/** Grants on it are on all things of a kind: they belong to no thing that is called so. */
const ALL = '*';

const alike = (kind: OwnedKind): readonly OwnedKind[] =>
  NAMED_ALIKE.includes(kind) ? NAMED_ALIKE : [kind];

function patternOf(kind: OwnedKind, id: string): string {
  if (kind !== 'scorer') return id;
  const slash = id.indexOf('/');
  return scorerKey(id.slice(0, slash), id.slice(slash + 1));
}
