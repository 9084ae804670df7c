import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { LRUCache } from 'lru-cache';
import type { Database } from './platform/db/database.js';
import { DEFAULT_WORKSPACE, inWorkspace } from './platform/db/workspace.js';
import { namesServerInfo } from './platform/http/workspace.js';
import { checkWorkspaceName, noWorkspace } from './workspaces/workspaces.js';
import type { WorkspaceStore } from './workspaces/workspaces.store.js';

/** One workspace, as it is served. */
export type Serve = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export interface TenantParts<Tenant> {
  readonly database: Database;
  readonly store: WorkspaceStore;
  readonly home: Tenant;
  /** Makes all that serves a workspace. */
  readonly open: (database: Database) => Tenant;
}

/** Milliseconds for which a workspace counts as there after a look. */
const VALID_FOR = 1_000;
/** Whoever serves a workspace that nobody asks for makes place for another. */
const OPEN_AT_ONCE = 100;

/**
 * The workspaces of a server, each with its own instance of all slices over the same connections:
 * what a workspace's instance looks up and makes, it looks up and makes there.
 */
export class Tenants<Tenant extends object> {
  readonly #parts: TenantParts<Tenant>;
  readonly #open = new LRUCache<string, Tenant>({ max: OPEN_AT_ONCE });
  readonly #known = new LRUCache<string, true>({ max: 1_000, ttl: VALID_FOR });

  constructor(parts: TenantParts<Tenant>) {
    this.#parts = parts;
  }

  /**
   * @param url without the static prefix
   * @throws MlflowError 400 for what no workspace is called, 404 for one that is not there
   */
  of(headers: IncomingHttpHeaders, url: string): Tenant | Promise<Tenant> {
    const name = String(headers['x-mlflow-workspace'] ?? '').trim();
    if (name === '' || name === DEFAULT_WORKSPACE || namesServerInfo(url)) return this.#parts.home;
    return this.#known.has(name) ? this.named(name) : this.#look(name);
  }

  /** @returns who serves a workspace that is there */
  named(name: string): Tenant {
    const { database, open, home } = this.#parts;
    if (name === DEFAULT_WORKSPACE) return home;
    const known = this.#open.get(name);
    if (known !== undefined) return known;
    const tenant = open(inWorkspace(database, name));
    this.#open.set(name, tenant);
    return tenant;
  }

  async #look(name: string): Promise<Tenant> {
    const { store, database } = this.#parts;
    checkWorkspaceName(name);
    if ((await store.find(database.read, name)) === undefined) throw noWorkspace(name);
    this.#known.set(name, true);
    return this.named(name);
  }
}
