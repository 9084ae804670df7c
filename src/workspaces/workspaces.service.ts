import { invalidParameter, MlflowError } from '../errors.js';
import type { Clock } from '../platform/clock.js';
import type { Database, Reader, Transaction } from '../platform/db/database.js';
import { DEFAULT_WORKSPACE } from '../platform/db/workspace.js';
import type { By } from '../platform/http/operation.js';
import type { Trail } from '../platform/trail.js';
import {
  checkWorkspaceName,
  checkWorkspaceText,
  type DeletionMode,
  noWorkspace,
  type Workspace,
  type WorkspaceValues,
  workspaceTaken,
} from './workspaces.js';
import { CONTENTS, type WorkspaceStore } from './workspaces.store.js';

/** What else comes and goes with a workspace, in its transaction. */
export interface WorkspaceRoles {
  created(tx: Transaction, workspace: string): Promise<void>;
  deleted(tx: Transaction, workspace: string): Promise<void>;
}

export interface WorkspaceServiceParts {
  readonly database: Database;
  readonly store: WorkspaceStore;
  readonly roles: WorkspaceRoles;
  readonly trail: Trail;
  /** @throws MlflowError 400 for a place where no artifacts can be kept */
  readonly checkRoot: (location: string) => void;
  /**
   * Deletes the models of a workspace, as its users would.
   *
   * @throws MlflowError 403 for what governance does not let go
   */
  readonly deleteModels: (workspace: string, by: By) => Promise<void>;
  readonly now: Clock;
}

/** Absent parts of a change stay as they are; an empty text takes a value away. */
export type WorkspaceChange = { readonly [Key in keyof WorkspaceValues]?: string | undefined };

/** The commands of workspaces. */
export class WorkspaceService {
  readonly #parts: WorkspaceServiceParts;

  constructor(parts: WorkspaceServiceParts) {
    this.#parts = parts;
  }

  /** Makes the default one at the first start. */
  async ensureDefault(): Promise<void> {
    const { database, store } = this.#parts;
    if ((await store.find(database.read, DEFAULT_WORKSPACE)) !== undefined) return;
    const description = 'Default workspace for legacy resources';
    await database.write((tx) =>
      store.insert(tx, { ...NOTHING, name: DEFAULT_WORKSPACE, description }),
    );
  }

  /** @throws MlflowError 400 for what no workspace is called, 404 when there is no such one */
  async get(reader: Reader, name: string): Promise<Workspace> {
    checkWorkspaceName(name);
    const workspace = await this.#parts.store.find(reader, name);
    if (workspace === undefined) throw noWorkspace(name);
    return workspace;
  }

  async create(name: string, change: WorkspaceChange, by: By): Promise<Workspace> {
    const { database, store, roles, trail } = this.#parts;
    checkWorkspaceName(name);
    const made = { name, ...this.#changed(NOTHING, change) };
    await database.write(async (tx) => {
      if (!(await store.insert(tx, made))) throw workspaceTaken(name);
      await roles.created(tx, name);
      await trail.record(tx, by, { ...deed('create', name), after: told(made) });
    });
    return made;
  }

  async update(name: string, change: WorkspaceChange, by: By): Promise<Workspace> {
    const { database, store, trail } = this.#parts;
    checkWorkspaceName(name);
    if (Object.values(change).every((value) => value === undefined)) {
      throw invalidParameter('Workspace update must have at least one key');
    }
    return database.write(async (tx) => {
      const before = await store.lock(tx, name);
      if (before === undefined) throw noWorkspace(name);
      const after = { name, ...this.#changed(before, change) };
      await store.update(tx, name, after);
      await trail.record(tx, by, {
        ...deed('update', name),
        before: told(before),
        after: told(after),
      });
      return after;
    });
  }

  /**
   * @param mode what becomes of what lies in it: `RESTRICT` refuses while there is something,
   *   `SET_DEFAULT` moves it to the default workspace, `CASCADE` deletes it
   */
  async delete(name: string, mode: DeletionMode, by: By): Promise<void> {
    const { database, store, roles, trail, deleteModels, now } = this.#parts;
    checkWorkspaceName(name);
    if (name === DEFAULT_WORKSPACE) {
      throw invalidParameter("The 'default' workspace is reserved and cannot be deleted");
    }
    await this.get(database.read, name);
    if (mode === 'CASCADE') await deleteModels(name, by);
    await database.write(async (tx) => {
      if ((await store.lock(tx, name)) === undefined) throw noWorkspace(name);
      if (mode === 'SET_DEFAULT') {
        const conflicts = await store.conflicts(tx, name);
        if (conflicts.size > 0) throw conflicting(name, conflicts);
        await store.moveToDefault(tx, name);
      }
      if (mode === 'CASCADE') await store.bury(tx, name, now());
      const left = await store.contents(tx, name);
      const table = CONTENTS.find((one) => left.has(one));
      if (table !== undefined) throw notEmpty(name, table, left.get(table) ?? 0);
      await roles.deleted(tx, name);
      await store.delete(tx, name);
      await trail.record(tx, by, { ...deed('delete', name), before: { mode } });
    });
  }

  #changed(before: WorkspaceValues, change: WorkspaceChange): WorkspaceValues {
    const value = (key: keyof WorkspaceValues): string | null => {
      const given = change[key];
      if (given === undefined) return before[key];
      checkWorkspaceText(key, given);
      return given === '' ? null : given;
    };
    const root = value('default_artifact_root');
    if (root !== null && change.default_artifact_root) this.#parts.checkRoot(root);
    const retention = value('trace_archival_retention');
    if (retention !== null && change.trace_archival_retention) checkRetention(retention);
    return {
      description: value('description'),
      default_artifact_root: root,
      trace_archival_location: value('trace_archival_location'),
      trace_archival_retention: retention,
    };
  }
}

const NOTHING: WorkspaceValues = {
  description: null,
  default_artifact_root: null,
  trace_archival_location: null,
  trace_archival_retention: null,
};

function checkRetention(text: string): void {
  if (/^[1-9]\d{0,8}[mhd]$/.test(text)) return;
  throw invalidParameter(
    "Invalid value for 'trace_archival_config.retention'. Expected a duration in the form " +
      "`<int><unit>`, where unit is one of 'm', 'h', or 'd' (for example '30d' or '12h').",
  );
}

/** What is told of a workspace: what it has. */
const told = ({ name: _, ...values }: Workspace) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));

const deed = (verb: string, name: string) => ({
  action: `workspace.${verb}`,
  object: { kind: 'workspace', id: name },
});

/** The status says that it is for the caller to change; stock answers 500, which clients repeat. */
const notEmpty = (name: string, table: string, count: number) =>
  new MlflowError(
    'INVALID_STATE',
    `Cannot delete workspace '${name}': table '${table}' still contains ${count} resource(s). ` +
      'Remove or reassign them before deleting the workspace.',
    { status: 400 },
  );

const conflicting = (name: string, conflicts: ReadonlyMap<string, readonly string[]>) =>
  new MlflowError(
    'INVALID_STATE',
    `Cannot reassign resources from workspace '${name}' to 'default': the following names ` +
      'already exist in the default workspace and would cause conflicts:' +
      [...conflicts]
        .map(([table, names]) => `\n  - ${table}: ${names.map((one) => `'${one}'`).join(', ')}`)
        .join('') +
      '\nRename or remove the conflicting resources before retrying.',
    { status: 400 },
  );
