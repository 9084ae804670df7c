import { alreadyExists, notFound } from '../../errors.js';
import { scorerKey } from '../../evaluation/scorers/scorers.js';
import type { Database, Reader } from '../../platform/db/database.js';
import type { By } from '../../platform/http/operation.js';
import { asker } from '../asker.js';
import { type Permission, parsePermission } from '../permission.js';
import { noUser } from '../users/users.js';
import type { UserStore } from '../users/users.store.js';
import { asShown, type Named } from './grants.js';
import type { GrantService } from './grants.service.js';
import type { GrantStore } from './grants.store.js';

/** What is asked of the registry: models and prompts share their names, but not their grants. */
export interface ModelKinds {
  kindOf(reader: Reader, name: string): Promise<'registered_model' | 'prompt'>;
}

/** A thing as MLflow's clients before 3.17 name it. */
export type Entity =
  | { readonly kind: 'experiment'; readonly experimentId: string }
  | { readonly kind: 'registered_model'; readonly name: string }
  | { readonly kind: 'scorer'; readonly experimentId: string; readonly name: string }
  | { readonly kind: GatewayKind; readonly id: string };

export type GatewayKind = 'gateway_secret' | 'gateway_endpoint' | 'gateway_model_definition';

export interface EntityGrant {
  readonly userId: number;
  readonly permission: Permission;
}

export interface EntityGrantServiceParts {
  readonly database: Database;
  readonly grants: GrantStore;
  readonly users: UserStore;
  readonly service: GrantService;
  readonly models: ModelKinds;
}

/** Grants on single things in the terms of MLflow before 3.17; the rows are the same. */
export class EntityGrantService {
  readonly #parts: EntityGrantServiceParts;

  constructor(parts: EntityGrantServiceParts) {
    this.#parts = parts;
  }

  async create(entity: Entity, username: string, permission: string, by: By): Promise<EntityGrant> {
    const { service } = this.#parts;
    const named = await this.#managed(entity, username, by);
    const stored = toStored(permission);
    const { id } = await service.insert(named, stored, by, () => exists(entity, username));
    return { userId: id, permission: asShown(stored) };
  }

  async get(entity: Entity, username: string, by: By): Promise<EntityGrant> {
    const { database, users, grants } = this.#parts;
    const { type, id } = await this.#managed(entity, username, by);
    const user = await users.find(database.read, username);
    if (user === undefined) throw noUser(username);
    const grant = await grants.find(database.read, user.id, type, id);
    if (grant === undefined) throw missing(entity, username);
    return { userId: user.id, permission: asShown(grant.permission) };
  }

  async update(entity: Entity, username: string, permission: string, by: By): Promise<void> {
    const named = await this.#managed(entity, username, by);
    await this.#parts.service.update(named, toStored(permission), by, () =>
      missing(entity, username),
    );
  }

  async delete(entity: Entity, username: string, by: By): Promise<void> {
    const named = await this.#managed(entity, username, by);
    await this.#parts.service.delete(named, by, () => missing(entity, username));
  }

  /** @throws MlflowError 403 unless the caller may manage the thing */
  async #managed(entity: Entity, username: string, by: By): Promise<Named> {
    const { database, models, service } = this.#parts;
    const caller = asker(by);
    const type =
      entity.kind === 'registered_model'
        ? await models.kindOf(database.read, entity.name)
        : entity.kind;
    const id = idOf(entity);
    await service.requireManage(caller, type, id);
    return { username, type, id };
  }
}

function idOf(entity: Entity): string {
  switch (entity.kind) {
    case 'experiment':
      return entity.experimentId;
    case 'registered_model':
      return entity.name;
    case 'scorer':
      return scorerKey(entity.experimentId, entity.name);
    default:
      return entity.id;
  }
}

/**
 * `NO_PERMISSIONS` on a thing took away what everybody has. Roles say `DENY` for that.
 *
 * @throws MlflowError 400 for a word that names no permission
 */
function toStored(text: string): Permission {
  const permission = parsePermission(text);
  return permission === 'NO_PERMISSIONS' ? 'DENY' : permission;
}

const exists = (entity: Entity, username: string) => {
  const { what, keys } = words(entity);
  return alreadyExists(`${what} permission (${keys}, username=${username}) already exists.`);
};

const missing = (entity: Entity, username: string) => {
  const { what, keys } = words(entity);
  const and = entity.kind === 'scorer' ? ', and' : ' and';
  return notFound(`${what} permission with ${keys}${and} username=${username} not found`);
};

function words(entity: Entity): { what: string; keys: string } {
  switch (entity.kind) {
    case 'experiment':
      return { what: 'Experiment', keys: `experiment_id=${entity.experimentId}` };
    case 'registered_model':
      return { what: 'Registered model', keys: `name=${entity.name}` };
    case 'scorer':
      return {
        what: 'Scorer',
        keys: `experiment_id=${entity.experimentId}, scorer_name=${entity.name}`,
      };
    case 'gateway_secret':
      return { what: 'Gateway secret', keys: `secret_id=${entity.id}` };
    case 'gateway_endpoint':
      return { what: 'Gateway endpoint', keys: `endpoint_id=${entity.id}` };
    case 'gateway_model_definition':
      return { what: 'Gateway model definition', keys: `model_definition_id=${entity.id}` };
  }
}
