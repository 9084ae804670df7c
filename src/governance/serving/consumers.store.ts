import { createHash } from 'node:crypto';
import { rolesIn } from '../../access/guard/grants.store.js';
import type { Database, Reader, Transaction } from '../../platform/db/database.js';
import { named } from '../../platform/db/workspace.js';

/** Somebody who has loaded something, and how often since it was last written down. */
export interface Loads {
  readonly principal: string;
  readonly userAgent: string;
  readonly first: number;
  readonly last: number;
  readonly count: number;
}

export interface VersionLoads extends Loads {
  readonly name: string;
  readonly version: number;
}

export interface ShadowLoads extends Loads {
  readonly location: string;
}

export interface StoredConsumer {
  readonly principal: string;
  readonly version: number;
  readonly stage: string;
  readonly userAgent: string;
  readonly firstSeen: number;
  readonly lastSeen: number;
  readonly loads: number;
  /** 1 while the version is quarantined. */
  readonly isQuarantined: number;
  /** 1 for one that was approved once. */
  readonly isApproved: number;
}

export interface StoredShadowLoad {
  readonly principal: string;
  readonly location: string;
  readonly userAgent: string;
  readonly firstSeen: number;
  readonly lastSeen: number;
  readonly loads: number;
}

/** Where a page of consumers begins: behind this one. */
export interface ConsumerKey {
  readonly version: number;
  readonly principal: string;
}

const SEEN = 'user_agent as "userAgent", first_seen as "firstSeen", last_seen as "lastSeen", loads';
const AGAIN =
  'do update set user_agent = excluded.user_agent, last_seen = excluded.last_seen, loads = ';

const QUARANTINED =
  'exists (select 1 from version_quarantines q where q.model = c.model ' +
  'and q.version = c.version and q.lifted_time is null)';
const APPROVED =
  "(exists (select 1 from promotion_requests p where p.model = c.model and p.version = c.version and p.status = 'approved') " +
  'or exists (select 1 from promotion_approvals a where a.model = c.model and a.version = c.version and a.request_id is null))';

/** Bytes of a location that can be a key: PostgreSQL's indices take some 2,700 for a whole row. */
const MOST_BYTES = 1_024;

/** @returns the location; of one that is too long the beginning, and what tells it from others */
export function locationKey(location: string): string {
  if (Buffer.byteLength(location) <= MOST_BYTES) return location;
  const digest = createHash('sha256').update(location).digest('hex');
  // A quarter, since a character has four bytes at most; none may be cut in two.
  const beginning = [...location.slice(0, MOST_BYTES / 4 - 1)].slice(0, -1).join('');
  return `${beginning}... (sha256:${digest})`;
}

/** SQL of who loads what. */
export class ConsumerStore {
  readonly #database: Database;
  readonly #named: string;

  constructor(database: Database) {
    this.#database = database;
    this.#named = named(database, 'm');
  }

  /** Adds to what is known. A version that is gone has no consumers. */
  async add(tx: Transaction, loads: readonly VersionLoads[]): Promise<void> {
    for (const { name, version, principal, userAgent, first, last, count } of loads) {
      await tx.run({
        sql:
          'insert into model_consumers (model, version, principal, user_agent, first_seen, ' +
          'last_seen, loads) select v.model, v.version, ?, ?, ?, ?, ? from registered_models m ' +
          `join model_versions v on v.model = m.id where ${this.#named} = ? and v.version = ? ` +
          `on conflict (model, version, principal) ${AGAIN}model_consumers.loads + excluded.loads`,
        bindings: [principal, userAgent, first, last, count, name, version],
      });
    }
  }

  async addShadows(tx: Transaction, loads: readonly ShadowLoads[]): Promise<void> {
    for (const { location, principal, userAgent, first, last, count } of loads) {
      await tx.run({
        sql:
          'insert into shadow_loads (principal, location, user_agent, first_seen, last_seen, loads) ' +
          'values (?, ?, ?, ?, ?, ?) on conflict (principal, location) ' +
          `${AGAIN}shadow_loads.loads + excluded.loads`,
        bindings: [principal, locationKey(location), userAgent, first, last, count],
      });
    }
  }

  /**
   * @param since milliseconds
   * @returns those of the places that hold a version which the principal has loaded by its name
   */
  async namedPlaces(
    reader: Reader,
    principal: string,
    places: readonly string[],
    since: number,
  ): Promise<Set<string>> {
    const among = this.#database.dialect.isOneOfText('v.storage_location', places);
    const sources = this.#database.dialect.isOneOfText('v.source', places);
    const rows = await reader.all<{ location: string; source: string }>({
      sql:
        'select v.storage_location as location, v.source from model_consumers c ' +
        'join model_versions v on v.model = c.model and v.version = c.version ' +
        `where c.principal = ? and c.last_seen >= ? and (${among.sql} or ${sources.sql})`,
      bindings: [principal, since, ...among.bindings, ...sources.bindings],
    });
    return new Set(rows.flatMap(({ location, source }) => [location, source]));
  }

  /** @returns consumers of a model, the newest versions first */
  page(
    reader: Reader,
    name: string,
    after: ConsumerKey | undefined,
    limit: number,
  ): Promise<StoredConsumer[]> {
    const behind =
      after === undefined ? '' : 'and (c.version < ? or (c.version = ? and c.principal > ?)) ';
    return reader.all<StoredConsumer>({
      sql:
        `select c.principal, c.version, v.current_stage as stage, c.${SEEN}, ` +
        `case when ${QUARANTINED} then 1 else 0 end as "isQuarantined", ` +
        `case when ${APPROVED} then 1 else 0 end as "isApproved" from registered_models m join model_consumers c on c.model = m.id ` +
        'join model_versions v on v.model = c.model and v.version = c.version ' +
        `where ${this.#named} = ? ${behind}order by c.version desc, c.principal limit ?`,
      bindings: [
        name,
        ...(after === undefined ? [] : [after.version, after.version, after.principal]),
        limit,
      ],
    });
  }

  /** @returns those who loaded a version last, the latest first */
  consumersOf(
    reader: Reader,
    model: string,
    version: number,
    limit: number,
  ): Promise<{ principal: string; loads: number; lastLoaded: number; userAgent: string }[]> {
    return reader.all({
      sql:
        'select c.principal, c.loads, c.last_seen as "lastLoaded", c.user_agent as "userAgent" ' +
        'from registered_models m join model_consumers c on c.model = m.id ' +
        `where ${this.#named} = ? and c.version = ? order by c.last_seen desc, c.principal limit ?`,
      bindings: [model, version, limit],
    });
  }

  shadows(
    reader: Reader,
    after: { readonly principal: string; readonly location: string } | undefined,
    limit: number,
  ): Promise<StoredShadowLoad[]> {
    const behind =
      after === undefined ? '' : 'where (principal > ? or (principal = ? and location > ?)) ';
    return reader.all<StoredShadowLoad>({
      sql: `select principal, location, ${SEEN} from shadow_loads ${behind}order by principal, location limit ?`,
      bindings: [
        ...(after === undefined ? [] : [after.principal, after.principal, after.location]),
        limit,
      ],
    });
  }

  /** @returns those of the principals who have one of the roles */
  async holdersOf(
    reader: Reader,
    principals: readonly string[],
    role: string,
  ): Promise<Set<string>> {
    if (principals.length === 0) return new Set();
    const among = this.#database.dialect.isOneOfText('w.username', principals);
    const rows = await reader.all<{ name: string }>({
      sql:
        `select w.username as name from ${rolesIn(this.#database)} join users w on w.id = u.user_id ` +
        `where r.name = ? and ${among.sql}`,
      bindings: [role, ...among.bindings],
    });
    return new Set(rows.map(({ name }) => name));
  }
}
