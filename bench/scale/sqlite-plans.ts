import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Sqlite from 'better-sqlite3';
import { type Finding, MOST_ROWS, type PlanCheck } from './plan-check.js';

const LOG = fileURLToPath(new URL('./statement-log.cjs', import.meta.url));

interface Step {
  readonly id: number;
  readonly parent: number;
  readonly detail: string;
}

/** Explains each statement that the server has prepared, over the same database. */
export function sqlitePlans(file: string, folder: string): PlanCheck {
  const statements = join(folder, 'statements.jsonl');
  return {
    env: { NODE_OPTIONS: `--require ${LOG}`, RUNLEDGER_BENCH_STATEMENTS: statements },
    begin: async () => undefined,
    end: async () => {
      const lines = existsSync(statements) ? readFileSync(statements, 'utf8').split('\n') : [];
      const texts = new Set(lines.filter(Boolean).map((line) => JSON.parse(line) as string));
      const asked = [...texts].filter((sql) => /^\s*(select|with|insert|update|delete)/i.test(sql));
      const database = new Sqlite(file, { readonly: true });
      try {
        database.function('regexp', { deterministic: true }, () => 1);
        const large = largeTables(database);
        const findings = asked.flatMap((sql) => scansOf(database, sql, large));
        return { statements: asked.length, findings };
      } finally {
        database.close();
      }
    },
  };
}

function largeTables(database: Sqlite.Database): ReadonlySet<string> {
  const tables = database
    .prepare("select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'")
    .pluck()
    .all() as string[];
  const isLarge = (name: string) =>
    database.prepare(`select 1 from "${name}" limit 1 offset ${MOST_ROWS}`).get() !== undefined;
  return new Set(tables.filter(isLarge));
}

function scansOf(
  database: Sqlite.Database,
  sql: string,
  large: ReadonlySet<string>,
): readonly Finding[] {
  // One value stands for all: which it is makes no difference to the plan.
  const bound = sql.replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"|\?/g, (token) =>
    token === '?' ? '?1' : token,
  );
  const explain = database.prepare(`explain query plan ${bound}`);
  const steps = (bound === sql ? explain.all() : explain.all({ 1: 1 })) as Step[];
  return steps.flatMap((step) => {
    // An automatic index is made of the whole table, each time.
    const [, name = '', index = ''] =
      /^(?:SCAN|SEARCH(?=.* USING AUTOMATIC )) (\S+)(.*)$/.exec(step.detail) ?? [];
    const table = tableOf(name, sql, large);
    if (table === undefined || stopsEarly(step, index, steps, sql)) return [];
    return [{ table, how: step.detail, statement: sql }];
  });
}

/** @returns the large table that a name of the plan means, which may be an alias of the statement's */
function tableOf(name: string, sql: string, large: ReadonlySet<string>): string | undefined {
  if (name === '' || large.has(name)) return name || undefined;
  return [...large].find((table) =>
    new RegExp(`\\b${table}["\`]?(?:\\s+as)?\\s+["\`]?${name}\\b`, 'i').test(sql),
  );
}

/** An index in the order that is asked for is read until the page is full. */
function stopsEarly(step: Step, index: string, steps: readonly Step[], sql: string): boolean {
  if (!/ USING (COVERING )?INDEX| USING INTEGER PRIMARY KEY/.test(index)) return false;
  const sorts = steps.some(
    ({ parent, detail }) =>
      parent === step.parent && /^USE TEMP B-TREE FOR (ORDER|GROUP) BY/.test(detail),
  );
  return /\blimit\b/i.test(sql) && !sorts;
}
