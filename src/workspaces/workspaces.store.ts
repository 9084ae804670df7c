import type { Database, Reader, Transaction } from '../platform/db/database.js';
import { DEFAULT_WORKSPACE, fullName, jobKind } from '../platform/db/workspace.js';
import type { Workspace, WorkspaceValues } from './workspaces.js';

const COLUMNS =
  'name, description, default_artifact_root, trace_archival_location, trace_archival_retention';

/** Tables of things that lie in a workspace by themselves, those first that others rest on. */
const OF_WORKSPACES = [
  ...['registered_models', 'experiments', 'webhooks', 'evaluation_datasets'],
  ...['notification_subscriptions', 'governance_alerts', 'drills'],
] as const;
/** Characters that MLflow has room for. */
const LONGEST_NAME = 63;
/** Those whose rows go with it for good. */
const DELETED_WITH_IT = OF_WORKSPACES.slice(2);
/** Of them those that count as its contents. */
export const CONTENTS = OF_WORKSPACES.slice(0, 4);
/** Those whose names are unique within a workspace. */
const NAMED = ['registered_models', 'experiments'] as const;
/** Kept by the full names of models, which change with the workspace. */
const BY_FULL_NAME = [
  ...['break_glass_grants', 'live_history', 'selector_generations', 'selector_changes'],
] as const;
/** What a refusal names of each table. */
const MOST_NAMED = 10;

/** SQL of the workspaces, and of what lies in one. */
export class WorkspaceStore {
  readonly #database: Pick<Database, 'dialect'>;

  constructor(database: Pick<Database, 'dialect'>) {
    this.#database = database;
  }

  list(reader: Reader): Promise<Workspace[]> {
    return reader.all<Workspace>({
      sql: `select ${COLUMNS} from workspaces order by name`,
      bindings: [],
    });
  }

  find(reader: Reader, name: string): Promise<Workspace | undefined> {
    const sql = `select ${COLUMNS} from workspaces where name = ?`;
    return reader.first<Workspace>({ sql, bindings: [name] });
  }

  /** The same as {@link find}, held until the transaction ends. */
  lock(tx: Transaction, name: string): Promise<Workspace | undefined> {
    const sql = `select ${COLUMNS} from workspaces where name = ?${this.#database.dialect.forUpdate}`;
    return tx.first<Workspace>({ sql, bindings: [name] });
  }

  /** @returns false where there is one of this name already */
  async insert(tx: Transaction, { name, ...values }: Workspace): Promise<boolean> {
    const inserted = await tx.run({
      sql:
        `insert into workspaces (${COLUMNS}) values (?, ?, ?, ?, ?) ` +
        'on conflict (name) do nothing',
      bindings: [name, ...inOrder(values)],
    });
    return inserted > 0;
  }

  async update(tx: Transaction, name: string, values: WorkspaceValues): Promise<void> {
    await tx.run({
      sql:
        'update workspaces set description = ?, default_artifact_root = ?, ' +
        'trace_archival_location = ?, trace_archival_retention = ? where name = ?',
      bindings: [...inOrder(values), name],
    });
  }

  async delete(tx: Transaction, name: string): Promise<void> {
    await tx.run({ sql: 'delete from workspaces where name = ?', bindings: [name] });
  }

  /** @returns how much lies in a workspace, by the tables that it lies in; empty ones are left out */
  async contents(reader: Reader, name: string): Promise<Map<string, number>> {
    const rows = await reader.all<{ place: string; n: number }>({
      sql: CONTENTS.map(
        (table) => `select '${table}' as place, count(*) as n from ${table} where workspace = ?`,
      ).join(' union all '),
      bindings: CONTENTS.map(() => name),
    });
    return new Map(rows.flatMap(({ place, n }) => (Number(n) > 0 ? [[place, Number(n)]] : [])));
  }

  /** @returns names of a workspace that are taken in the default one, by their tables */
  async conflicts(reader: Reader, name: string): Promise<Map<string, string[]>> {
    const found = new Map<string, string[]>();
    for (const table of NAMED) {
      const rows = await reader.all<{ name: string }>({
        sql:
          `select t.name from ${table} t join ${table} d on d.name = t.name and d.workspace = ? ` +
          `where t.workspace = ? order by t.name limit ${MOST_NAMED}`,
        bindings: [DEFAULT_WORKSPACE, name],
      });
      if (rows.length > 0) {
        found.set(
          table,
          rows.map((row) => row.name),
        );
      }
    }
    return found;
  }

  /**
   * Deletes everything of a workspace but its models. Experiments and runs go to the deleted stage
   * and to a workspace that no request can name, where whoever collects garbage finds them.
   */
  async bury(tx: Transaction, name: string, now: number): Promise<void> {
    await tx.run({
      sql:
        "update runs set lifecycle_stage = 'deleted', deleted_time = ? " +
        "where lifecycle_stage <> 'deleted' and experiment_id in " +
        '(select e.experiment_id from experiments e where e.workspace = ?)',
      bindings: [now, name],
    });
    await tx.run({
      sql:
        "update experiments set lifecycle_stage = 'deleted', last_update_time = ?, workspace = ? " +
        'where workspace = ?',
      bindings: [now, `~${now}~${name}`.slice(0, LONGEST_NAME), name],
    });
    for (const table of DELETED_WITH_IT) {
      await tx.run({ sql: `delete from ${table} where workspace = ?`, bindings: [name] });
    }
  }

  /** Moves everything that lies in a workspace to the default one. */
  async moveToDefault(tx: Transaction, name: string): Promise<void> {
    // Who has said there what he wants to be told of the same models is told so.
    await tx.run({
      sql:
        'delete from notification_subscriptions where workspace = ? and preference is not null ' +
        'and exists (select 1 from notification_subscriptions d where d.workspace = ? ' +
        'and d.preference is not null and d.owner = notification_subscriptions.owner ' +
        'and d.model_pattern = notification_subscriptions.model_pattern)',
      bindings: [name, DEFAULT_WORKSPACE],
    });
    for (const table of OF_WORKSPACES) {
      await tx.run({
        sql: `update ${table} set workspace = ? where workspace = ?`,
        bindings: [DEFAULT_WORKSPACE, name],
      });
    }
    const suffix = jobKind({ workspace: name }, '');
    const prefix = fullName({ workspace: name }, '');
    const behindPrefix = prefix.length + 1;
    // Looks of a time of their own, which the default workspace has too.
    await tx.run({
      sql:
        'delete from jobs where kind like ? and exists (select 1 from jobs d ' +
        'where d.reference = jobs.reference and d.kind = substr(jobs.kind, 1, length(jobs.kind) - ?))',
      bindings: [`%${suffix}`, suffix.length],
    });
    await tx.run({
      sql: 'update jobs set kind = substr(kind, 1, length(kind) - ?) where kind like ?',
      bindings: [suffix.length, `%${suffix}`],
    });
    for (const table of BY_FULL_NAME) {
      await tx.run({
        sql:
          `update ${table} set model_name = substr(model_name, ?) where model_name like ? ` +
          // Of a model of the default workspace that was deleted.
          (table === 'selector_generations'
            ? 'and not exists (select 1 from selector_generations d ' +
              'where d.model_name = substr(selector_generations.model_name, ?))'
            : ''),
        bindings: [
          ...[behindPrefix, `${prefix}%`],
          ...(table === 'selector_generations' ? [behindPrefix] : []),
        ],
      });
    }
  }
}

const inOrder = (values: WorkspaceValues) => [
  values.description,
  values.default_artifact_root,
  values.trace_archival_location,
  values.trace_archival_retention,
];
