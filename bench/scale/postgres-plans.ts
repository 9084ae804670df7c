import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Databases } from '../databases.js';
import { type Finding, MOST_ROWS, type PlanCheck } from './plan-check.js';

/** With which PostgreSQL must have been started. */
export const LOGGING = [
  ...['-c', 'logging_collector=on', '-c', 'log_destination=jsonlog'],
  ...['-c', 'log_directory=log', '-c', 'log_filename=bench.log', '-c', 'log_rotation_size=0'],
];
const FLUSH_MS = 1_000;

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Cond'?: string;
  readonly Plans?: readonly PlanNode[];
}

interface Explained {
  readonly 'Query Text': string;
  readonly Plan: PlanNode;
}

/** Has PostgreSQL write down the plan of each statement as it is carried out (auto_explain). */
export function postgresPlans(postgres: Databases, database: string): PlanCheck {
  const set = (name: string, value: string) =>
    postgres.query(`alter database ${database} set ${name} = '${value}'`);
  return {
    env: {},
    begin: async () => {
      await set('session_preload_libraries', 'auto_explain');
      await set('auto_explain.log_min_duration', '0');
      await set('auto_explain.log_format', 'json');
    },
    end: async () => {
      await sleep(FLUSH_MS);
      const large = await largeTables(postgres, database);
      const plans = await plansOf(postgres);
      const findings = new Map<string, Finding>();
      for (const { 'Query Text': statement, Plan } of plans) {
        for (const { table, how } of scansOf(Plan, false)) {
          const key = `${table}: ${statement}`;
          if (large.has(table)) findings.set(key, { table, how, statement });
        }
      }
      const statements = new Set(plans.map((plan) => plan['Query Text'])).size;
      return { statements, findings: [...findings.values()] };
    },
  };
}

async function largeTables(postgres: Databases, database: string): Promise<ReadonlySet<string>> {
  const rows = await postgres.queryIn(
    database,
    `select relname from pg_class where relkind = 'r' and reltuples > ${MOST_ROWS}`,
  );
  return new Set(rows.map(({ relname }) => String(relname)));
}

async function plansOf(postgres: Databases): Promise<readonly Explained[]> {
  const [row] = await postgres.query('show data_directory');
  const folder = join(String(row?.data_directory), 'log');
  const logs = readdirSync(folder).filter((name) => name.endsWith('.json'));
  const lines = logs.flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'));
  return lines.flatMap((line) => {
    if (!line.includes('plan:')) return [];
    const { message } = JSON.parse(line) as { message: string };
    const start = message.indexOf('plan:\n');
    return start < 0 ? [] : [JSON.parse(message.slice(start + 6)) as Explained];
  });
}

/** @param stops whether somebody above takes no more rows than a page has */
function scansOf(node: PlanNode, stops: boolean): { table: string; how: string }[] {
  const { 'Node Type': type, 'Relation Name': table, Plans: below = [] } = node;
  const wholeIndex = /^Index/.test(type) && node['Index Cond'] === undefined && !stops;
  const own = table !== undefined && (/Seq Scan$/.test(type) || wholeIndex);
  // What sorts or counts takes all rows, whoever is above it.
  const gathers = /^(Sort|Aggregate|Hash|WindowAgg|Materialize)$/.test(type);
  const stopping = type === 'Limit' || (stops && !gathers);
  return [
    ...(own ? [{ table, how: type }] : []),
    ...below.flatMap((child) => scansOf(child, stopping)),
  ];
}
