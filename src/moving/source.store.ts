import type { Binding } from '../platform/db/database.js';
import type { ReadOnlySource } from '../platform/db/read-only-source.js';
import type { Family, Row, Source, Value } from './family.js';
import { checkRevision } from './revisions.js';

/** Rows of one read, and the key behind which the next one goes on; none behind the last. */
export interface Page {
  readonly rows: readonly Row[];
  readonly last: readonly Value[] | undefined;
}

const PLAIN = /^\w+$/;
/** Kinds of rows that there is no place for here. */
const WITHOUT_PLACE = {
  endpoints: 'gateway endpoints',
  secrets: 'gateway secrets',
  budget_policies: 'budget policies',
  guardrails: 'guardrails',
  mcp_servers: 'MCP servers',
} as const;

/** SQL that reads a database of MLflow's. */
export class SourceStore {
  readonly #source: ReadOnlySource;
  readonly #columns = new Map<string, readonly string[]>();

  constructor(source: ReadOnlySource) {
    this.#source = source;
  }

  /** @throws Error with one sentence when this is no database of MLflow's that is known */
  async revision(): Promise<string> {
    if ((await this.columns('alembic_version')).length === 0) {
      throw new Error('The database holds nothing of MLflow: it has no table alembic_version');
    }
    const rows = await this.#source.rows('select version_num from alembic_version');
    return checkRevision(rows.map(({ version_num }) => String(version_num)));
  }

  /** @returns names of the workspaces that hold something, beside the default one */
  async otherWorkspaces(): Promise<readonly string[]> {
    const found = new Set<string>();
    for (const table of ['experiments', 'registered_models', 'evaluation_datasets', 'webhooks']) {
      if (!(await this.columns(table)).includes('workspace')) continue;
      const rows = await this.#source.rows(
        `select distinct workspace from ${table} where workspace <> 'default'`,
      );
      for (const { workspace } of rows) found.add(String(workspace));
    }
    return [...found].sort();
  }

  /** @returns what the source holds and ours does not know, in words */
  async withoutPlace(): Promise<readonly string[]> {
    const left: string[] = [];
    for (const [table, words] of Object.entries(WITHOUT_PLACE)) {
      if ((await this.columns(table)).length === 0) continue;
      const [row] = await this.#source.rows(`select count(*) as n from ${table}`);
      if (Number(row?.n) > 0) left.push(`${row?.n} ${words}: there is no place for them here`);
    }
    return left;
  }

  /** @returns how many webhooks sign what they send */
  async secretWebhooks(): Promise<number> {
    if ((await this.columns('webhooks')).length === 0) return 0;
    const [row] = await this.#source.rows(
      'select count(*) as n from webhooks where secret is not null and deleted_timestamp is null',
    );
    return Number(row?.n ?? 0);
  }

  /** @returns what lies outside of the artifact proxy, for each table that holds locations */
  async outsideArtifacts(): Promise<readonly string[]> {
    const notes: string[] = [];
    for (const [table, column, words] of [
      ['runs', 'artifact_uri', 'runs'],
      ['logged_models', 'artifact_location', 'logged models'],
    ] as const) {
      if ((await this.columns(table)).length === 0) continue;
      const [row] = await this.#source.rows(
        `select count(*) as n, min(${column}) as example from ${table} ` +
          `where ${column} not like 'mlflow-artifacts:%'`,
      );
      if (Number(row?.n) === 0) continue;
      notes.push(
        `${row?.n} ${words} keep artifacts outside of mlflow-artifacts:/ (such as ${row?.example}): ` +
          'these locations stay as they are, and a server needs --default-artifact-root or ' +
          '--artifacts-destination there to serve them',
      );
    }
    return notes;
  }

  async columns(table: string): Promise<readonly string[]> {
    const known = this.#columns.get(table);
    if (known !== undefined) return known;
    const columns = await this.#source.columns(table);
    this.#columns.set(table, columns);
    return columns;
  }

  /** @returns how many rows a table has, for whoever shows how far the reading is */
  async count(table: string): Promise<number> {
    if ((await this.columns(table)).length === 0) return 0;
    const [row] = await this.#source.rows(`select count(*) as n from ${table}`);
    return Number(row?.n ?? 0);
  }

  /** @param after the key of the last row that was read before */
  async page(
    family: Family,
    source: Source,
    limit: number,
    after: readonly Value[] | undefined,
  ): Promise<Page> {
    const columns = await this.columns(source.table);
    if (columns.length === 0) return { rows: [], last: undefined };
    const expression = (text: string): string => {
      if (!PLAIN.test(text) || /^\d/.test(text)) return text;
      return columns.includes(text) ? `s.${text}` : 'null';
    };
    const selected = Object.entries(source.columns).map(
      ([name, text]) => `${expression(text)} as ${quoted(name)}`,
    );
    const key =
      this.#source.order(source.table) ?? source.key.filter((name) => columns.includes(name));
    const keys = key.map((name) => `s.${name}`);
    const behind = after && this.#source.isBehind(keys, after as readonly Binding[]);
    const conditions = [source.where, behind?.sql].flatMap((part) =>
      part === undefined ? [] : [`(${part})`],
    );
    const rows = await this.#source.rows(
      `select ${keys.map((name, at) => `${name} as key_${at}`).join(', ')}, ${selected.join(', ')} ` +
        `from ${source.table} s ${source.joins ?? ''} ` +
        `${conditions.length > 0 ? `where ${conditions.join(' and ')} ` : ''}` +
        `order by ${keys.join(', ')} limit ${limit}`,
      behind?.bindings ?? [],
    );
    const names = Object.keys(source.columns);
    const told = rows.map((row) =>
      Object.fromEntries(names.map((name) => [name, plain(row[name])])),
    );
    const last = rows.length < limit ? undefined : rows.at(-1);
    const exploded = source.explode ? told.flatMap(source.explode) : told;
    return {
      rows: family.adapt ? exploded.map(family.adapt) : exploded,
      last: last && key.map((_, at) => original(last[`key_${at}`])),
    };
  }
}

const quoted = (name: string): string => `"${name}"`;
const plain = (value: unknown): Value =>
  typeof value === 'boolean' ? Number(value) : original(value);
const original = (value: unknown): Value => (value ?? null) as Value;
