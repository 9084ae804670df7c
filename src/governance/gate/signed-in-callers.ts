import type { GrantReader } from '../../access/guard/grants.store.js';
import type { Judge } from '../../access/guard/judge.js';
import type { Database, Reader } from '../../platform/db/database.js';
import type { Caller } from '../../platform/http/operation.js';
import type { CallerFacts } from '../evaluate/facts.js';
import type { ProductionRightsStore } from '../permissions/production-rights.store.js';
import type { Callers, Wish } from './callers.js';

export interface SignedInParts {
  readonly database: Database;
  readonly judge: Pick<Judge, 'allows' | 'judge'>;
  readonly grants: Pick<GrantReader, 'rolesOf' | 'rightsOf' | 'markOf'>;
  readonly production: ProductionRightsStore;
}

/** Where people sign in: what their roles and grants say of them. */
export class SignedInCallers implements Callers {
  readonly #parts: SignedInParts;

  constructor(parts: SignedInParts) {
    this.#parts = parts;
  }

  async factsOf(caller: Caller, model: string, wish?: Wish): Promise<CallerFacts> {
    const { name, isAdmin, userId } = caller;
    const roles = userId === undefined ? [] : await this.#parts.grants.rolesOf(userId);
    const rights = [...(await this.#levels(caller, model)), ...(await this.#right(caller, wish))];
    return { name, isAdmin, roles, rights, teams: roles };
  }

  async breaksGlass(caller: Caller): Promise<boolean> {
    const { grants, judge } = this.#parts;
    const { userId } = caller;
    const rights = userId === undefined ? [] : await grants.rightsOf(userId);
    if (rights.some(({ action }) => action === 'break_glass')) return true;
    // An organisation's own policies may let people who hold no right.
    const wish = { action: 'break_glass', model: '', to: 'Production' } as const;
    return (await judge.judge(caller, wish)).allowed;
  }

  async markOf(reader: Reader, { userId }: Caller, model: string): Promise<string> {
    return userId === undefined ? '' : this.#parts.grants.markOf(reader, userId, model);
  }

  async #levels(caller: Caller, model: string): Promise<string[]> {
    const { database, judge, production } = this.#parts;
    const about = { of: 'model_version', id: model } as const;
    const edits = await judge.allows(caller, { access: 'edit', ...about });
    const { userId } = caller;
    const holds = async (level: 'staging' | 'production') =>
      userId !== undefined && (await production.holds(database.read, userId, model, level));
    const manages = await judge.allows(caller, {
      ...{ access: 'manage', of: 'registered_model', id: model },
    });
    const reads = edits || (await judge.allows(caller, { access: 'read', ...about }));
    return [
      ...(reads ? ['READ'] : []),
      ...(edits ? ['EDIT'] : []),
      ...(manages ? ['MANAGE'] : []),
      ...((await holds('staging')) ? ['CAN_MANAGE_STAGING_VERSIONS'] : []),
      ...((await holds('production')) ? ['CAN_MANAGE_PRODUCTION_VERSIONS'] : []),
    ];
  }

  /** What a policy forbids, no role gives back. */
  async #right(caller: Caller, wish: Wish | undefined): Promise<string[]> {
    if (wish === undefined) return [];
    const { allowed, because } = await this.#parts.judge.judge(caller, wish);
    if (!allowed) return because.length > 0 ? ['DENY'] : [];
    // Before Production the level is enough, and it must not count for more there.
    return wish.from === 'Production' || wish.to === 'Production' ? [wish.action] : [];
  }
}
