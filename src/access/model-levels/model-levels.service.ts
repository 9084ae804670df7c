import { invalidParameter, type MlflowError, notFound } from '../../errors.js';
import type { Database, Reader, Transaction } from '../../platform/db/database.js';
import type { By } from '../../platform/http/operation.js';
import type { Trail } from '../../platform/trail.js';
import { asker, forbidden, signedIn } from '../asker.js';
import type { ModelKinds } from '../grants/entity-grants.service.js';
import type { GrantStore } from '../grants/grants.store.js';
import { isHidden, userOfHidden } from '../roles/roles.js';
import type { RoleStore } from '../roles/roles.store.js';
import type { UserStore } from '../users/users.store.js';
import {
  type Holding,
  holdingOf,
  levelsOf,
  type ModelLevel,
  parseModelLevel,
} from './model-levels.js';
import type { ModelLevelStore, NamedModel, RoleHolding } from './model-levels.store.js';

/** One line of a list, as callers send it. */
export interface WantedLevel {
  readonly user_name?: string;
  readonly group_name?: string;
  /** Services have accounts as people do. */
  readonly service_principal_name?: string;
  readonly permission_level?: string;
}

/** Who has what on a model. A group is a role of this server. */
export interface ShownLevels {
  readonly user?: string;
  readonly group?: string;
  readonly levels: readonly ModelLevel[];
  readonly inherited: boolean;
}

export interface ModelLevelServiceParts {
  readonly database: Database;
  readonly store: ModelLevelStore;
  readonly grants: GrantStore;
  readonly roles: RoleStore;
  readonly users: UserStore;
  readonly models: ModelKinds;
  readonly trail: Trail;
}

const MAX_ENTRIES = 500;
const NOTHING: Holding = { permission: undefined, staging: false, production: false };

/** Permissions on registered models in the terms of the Databricks API; the rows are the same. */
export class ModelLevelService {
  readonly #parts: ModelLevelServiceParts;

  constructor(parts: ModelLevelServiceParts) {
    this.#parts = parts;
  }

  /** @throws MlflowError 404 when there is no such model, or nobody signs in here */
  async get(id: string, by: By): Promise<ShownLevels[]> {
    signedIn(by);
    const { database, store } = this.#parts;
    const { read } = database;
    return this.#shown(read, await this.#model(read, id, await store.name(read, keyOf(id))));
  }

  /**
   * Gives those who are named what they are to have.
   *
   * @param others whether those who are not named keep what they have
   * @throws MlflowError 400 for a line that can't be, 404 for a model or somebody that isn't there,
   *   403 where it changes who manages the production versions and the caller is no administrator
   */
  async change(
    id: string,
    lines: readonly WantedLevel[],
    others: 'keep' | 'lose',
    by: By,
  ): Promise<ShownLevels[]> {
    const { database, store, trail } = this.#parts;
    const caller = asker(by);
    const wishes = wishesOf(lines);
    return database.write(async (tx) => {
      const model = await this.#model(tx, id, await store.lock(tx, keyOf(id)));
      const before = (await store.holdings(tx, model)).filter(({ inherited }) => !inherited);
      const wanted = await this.#byRole(tx, wishes);
      if (others === 'lose') {
        for (const { roleId, permission } of before) {
          // The API has no word for it, so whoever sends a list can't have meant to lift it.
          if (permission !== 'DENY' && !wanted.has(roleId)) wanted.set(roleId, NOTHING);
        }
      }
      for (const [roleId, holding] of wanted) {
        const had = before.find((one) => one.roleId === roleId) ?? NOTHING;
        if (had.production !== holding.production && !caller.isAdmin) throw notAdmin();
        if (isPattern(model.name) && (holding.production || holding.staging)) {
          throw invalidParameter(
            `Rights on stages can't be given on '${model.name}' alone: in them * stands for any text`,
          );
        }
        await store.replace(tx, roleId, model, holding);
      }
      const after = await this.#shown(tx, model);
      await trail.record(tx, by, {
        action: `${model.kind}.${others === 'lose' ? 'set' : 'update'}_permissions`,
        object: { kind: model.kind, id: model.name },
        before: (await this.#named(tx, before)).map(plain),
        after: after.filter(({ inherited }) => !inherited).map(plain),
      });
      return after;
    });
  }

  async #model(reader: Reader, id: string, name: string | undefined): Promise<NamedModel> {
    if (name === undefined) throw noModel(id);
    return { key: keyOf(id), name, kind: await this.#parts.models.kindOf(reader, name) };
  }

  async #shown(reader: Reader, model: NamedModel): Promise<ShownLevels[]> {
    return this.#named(reader, await this.#parts.store.holdings(reader, model));
  }

  async #named(reader: Reader, holdings: readonly RoleHolding[]): Promise<ShownLevels[]> {
    const ids = holdings.flatMap(({ role }) => userOfHidden(role) ?? []);
    const usernames = await this.#parts.store.usernames(reader, ids);
    return holdings.flatMap((holding) => {
      const { role, inherited } = holding;
      const levels = levelsOf(holding);
      const userId = userOfHidden(role);
      const user = userId === undefined ? undefined : usernames.get(userId);
      if (levels.length === 0 || (userId !== undefined && user === undefined)) return [];
      return [{ ...(user === undefined ? { group: role } : { user }), levels, inherited }];
    });
  }

  /** @returns what each role is to have; that of a user is made where it is missing */
  async #byRole(
    tx: Transaction,
    wishes: ReadonlyMap<string, { readonly who: Principal; readonly levels: ModelLevel[] }>,
  ): Promise<Map<number, Holding>> {
    const { database, grants, roles, users } = this.#parts;
    const wanted = new Map<number, Holding>();
    for (const { who, levels } of wishes.values()) {
      if (who.kind === 'group') {
        const role = await roles.findByName(tx, database.workspace, who.name);
        if (role === undefined || isHidden(role)) throw nobody(who);
        wanted.set(role.id, holdingOf(levels));
        continue;
      }
      const user = await users.lock(tx, who.name);
      if (user === undefined) throw nobody(who);
      wanted.set(await grants.hiddenRole(tx, user.id), holdingOf(levels));
    }
    return wanted;
  }
}

interface Principal {
  readonly kind: 'user' | 'group';
  readonly name: string;
}

/** Several lines for one and the same add up. */
function wishesOf(lines: readonly WantedLevel[]) {
  if (lines.length > MAX_ENTRIES) {
    throw invalidParameter(`access_control_list may have at most ${MAX_ENTRIES} entries`);
  }
  const wishes = new Map<string, { who: Principal; levels: ModelLevel[] }>();
  for (const line of lines) {
    const who = principalOf(line);
    const level = parseModelLevel(line.permission_level);
    const key = `${who.kind} ${who.name}`;
    const wish = wishes.get(key) ?? { who, levels: [] };
    wish.levels.push(level);
    wishes.set(key, wish);
  }
  return wishes;
}

function principalOf({ user_name, group_name, service_principal_name }: WantedLevel): Principal {
  const named: Principal[] = [
    { kind: 'user' as const, name: user_name ?? '' },
    { kind: 'group' as const, name: group_name ?? '' },
    { kind: 'user' as const, name: service_principal_name ?? '' },
  ].filter(({ name }) => name !== '');
  const [who, more] = named;
  if (who !== undefined && more === undefined) return who;
  throw invalidParameter(
    'Each entry of access_control_list needs exactly one of user_name, group_name and ' +
      'service_principal_name',
  );
}

/** @returns 0, which no model has, for a text that is no key */
function keyOf(id: string): number {
  return /^[1-9]\d{0,14}$/.test(id) ? Number(id) : 0;
}

const isPattern = (name: string): boolean => name.includes('*');

const plain = ({ user, group, levels }: ShownLevels) => ({
  ...(user === undefined ? { group } : { user }),
  levels,
});

const noModel = (id: string): MlflowError =>
  notFound(`There is no registered model with the id '${id}'`);

const nobody = ({ kind, name }: Principal): MlflowError =>
  notFound(
    kind === 'user'
      ? `User with username=${name} not found`
      : `There is no role '${name}', which is what a group is here`,
  );

const notAdmin = (): MlflowError =>
  forbidden(
    'Who manages the production versions of a model is for administrators to say: MANAGE on the ' +
      'model does not imply it. What each has of CAN_MANAGE_PRODUCTION_VERSIONS must stay as it is.',
  );
