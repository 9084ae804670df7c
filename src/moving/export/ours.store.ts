import type { Binding } from '../../platform/db/database.js';
import type { ReadOnlySource } from '../../platform/db/read-only-source.js';
import type { Family, Row, Value } from '../family.js';
import type { Page } from '../source.store.js';
import type { Kind } from './kind.js';

interface Selection {
  readonly table: string;
  readonly key: readonly string[];
  readonly joins?: string | undefined;
  readonly where?: string | undefined;
  /** Expressions by the names of the columns that are read. */
  readonly columns: Readonly<Record<string, string>>;
}

/** SQL that reads one state of our database. */
export class OursStore {
  readonly #source: ReadOnlySource;

  constructor(source: ReadOnlySource) {
    this.#source = source;
  }

  /** @param after the key of the last row that was read before */
  page(kind: Kind, limit: number, after: readonly Value[] | undefined): Promise<Page> {
    return this.#page(kind.from, limit, after);
  }

  /** Reads rows as what can be moved in is compared. */
  compared(
    family: Family,
    limit: number,
    after: readonly Value[] | undefined,
    { where, read = {} }: Exception,
  ): Promise<Page> {
    const { target, references = {} } = family;
    const own = Object.keys(target.columns).filter((name) => !Object.hasOwn(references, name));
    const told = { ...target.read, ...read };
    const names = [...new Set([...own, ...Object.keys(told)])];
    const conditions = [target.where, where].filter((part) => part !== undefined);
    return this.#page(
      {
        ...target,
        where: conditions.length === 0 ? undefined : conditions.join(' and '),
        columns: Object.fromEntries(names.map((name) => [name, told[name] ?? `t.${name}`])),
      },
      limit,
      after,
    );
  }

  async count({ target }: Family): Promise<number> {
    const where = target.where === undefined ? '' : ` where ${target.where}`;
    return this.#number(`select count(*) as n from ${target.table} t${where}`);
  }

  /** @returns what we hold and MLflow's schema has no place for, in words */
  async withoutPlace(): Promise<readonly string[]> {
    const left: string[] = [];
    for (const [table, words] of Object.entries(WITHOUT_PLACE)) {
      const count = await this.#number(`select count(*) as n from ${table}`);
      if (count > 0) left.push(`${count} ${words}`);
    }
    return left;
  }

  secretWebhooks(): Promise<number> {
    return this.#number('select count(*) as n from webhooks where secret is not null');
  }

  /** @returns stages that MLflow has no name for, with how many versions are in each */
  async customStages(): Promise<readonly string[]> {
    const rows = await this.#source.rows(
      'select current_stage, count(*) as n from model_versions where current_stage not in ' +
        "('None', 'Staging', 'Production', 'Archived', 'Deleted_Internal') " +
        'group by current_stage order by current_stage',
    );
    return rows.map(({ current_stage, n }) => `'${current_stage}' (${n})`);
  }

  /** @returns what lies outside of the artifact proxy, for each table that holds locations */
  async outsideArtifacts(): Promise<readonly string[]> {
    const notes: string[] = [];
    for (const [table, words] of [
      ['runs', 'runs'],
      ['logged_models', 'logged models'],
    ]) {
      const [row] = await this.#source.rows(
        `select count(*) as n, min(artifact_uri) as example from ${table} ` +
          "where artifact_uri not like 'mlflow-artifacts:%'",
      );
      if (Number(row?.n) === 0) continue;
      notes.push(
        `${row?.n} ${words} keep artifacts outside of mlflow-artifacts:/ (such as ${row?.example}): ` +
          'these locations stay as they are, and their files are not copied.',
      );
    }
    return notes;
  }

  async #number(sql: string): Promise<number> {
    const [row] = await this.#source.rows(sql);
    return Number(row?.n ?? 0);
  }

  async #page(
    { table, key, joins = '', where, columns }: Selection,
    limit: number,
    after: readonly Value[] | undefined,
  ): Promise<Page> {
    const keys = key.map((name) => `t.${name}`);
    const selected = Object.entries(columns).map(([name, text]) => `${text} as "${name}"`);
    const conditions = [
      ...(where === undefined ? [] : [`(${where})`]),
      ...(after ? [`(${keys.join(', ')}) > (${keys.map(() => '?').join(', ')})`] : []),
    ];
    const rows = await this.#source.rows(
      `select ${keys.map((name, at) => `${name} as key_${at}`).join(', ')}, ` +
        `${selected.join(', ')} from ${table} t ${joins} ` +
        `${conditions.length > 0 ? `where ${conditions.join(' and ')} ` : ''}` +
        `order by ${keys.join(', ')} limit ${limit}`,
      (after ?? []) as readonly Binding[],
    );
    const names = Object.keys(columns);
    const last = rows.length < limit ? undefined : rows.at(-1);
    return {
      rows: rows.map(
        (row): Row => Object.fromEntries(names.map((name) => [name, plain(row[name])])),
      ),
      last: last && key.map((_, at) => plain(last[`key_${at}`])),
    };
  }
}

/** Where rows of ours read otherwise than what was written of them. */
export interface Exception {
  /** The rows that are written. */
  readonly where?: string;
  readonly read?: Readonly<Record<string, string>>;
}

const plain = (value: unknown): Value => (value ?? null) as Value;

/** Kinds of rows that MLflow's schema has no table for. */
const WITHOUT_PLACE = {
  audit_log: 'entries of the audit log',
  governance_policies: 'policy documents',
  promotion_requests: 'requests for promotion',
  promotion_approvals: 'approvals',
  break_glass_grants: 'break-glass grants',
  version_activities: 'activities of versions',
  version_comments: 'comments on versions',
  version_cards: 'revisions of model cards',
  version_found_cards: 'revisions of model cards that were found',
  version_evidence: 'records of evidence of versions',
  version_quarantines: 'quarantines',
  model_version_manifests: 'manifests of frozen versions',
  artifact_digests: 'digests of artifacts',
  live_history: 'entries of what has served',
  model_consumers: 'consumers of versions',
  shadow_loads: 'loads past the registry',
  governance_alerts: 'alerts',
  drills: 'drills',
  signing_keys: 'keys for signatures',
  notification_subscriptions: 'subscriptions to notifications',
  webhook_deliveries: 'deliveries of webhooks',
  users: 'accounts',
  roles: 'roles',
  access_tokens: 'access tokens',
} as const;
