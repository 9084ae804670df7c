import { execFile, spawnSync } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import Sqlite from 'better-sqlite3';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { environmentProgram } from '../../scripts/python-envs.mjs';
import { startPostgres } from '../../src/testing/postgres-setup.js';
import { STOCK_VERSION, startRunledger, startStockServer } from '../servers.js';

const run = promisify(execFile);
const PROGRAM = join(import.meta.dirname, '../../dist/src/main.js');

type Answers = Record<string, unknown>;

let folder: string;
let postgres: { readonly uri: string; readonly stop: () => Promise<void> };

const story = (script: string, ...args: readonly string[]) =>
  run(
    environmentProgram(STOCK_VERSION, 'python'),
    ['-W', 'ignore', join(import.meta.dirname, script), ...args],
    { env: { ...process.env, GIT_PYTHON_REFRESH: 'quiet', PYTHONHASHSEED: '0' } },
  );

/** What a client is told by the server. */
async function asked(url: string) {
  const read = async (script: string) => {
    const file = join(folder, 'answers.json');
    await story(script, url, file);
    return JSON.parse(await readFile(file, 'utf8')) as Answers;
  };
  return {
    all: await read('ask.py'),
    more: await read('ask_more.py'),
    reviews: await read('ask_reviews.py'),
  };
}

function program(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], {
    ...{ encoding: 'utf8', cwd: folder },
  });
  return { status, stdout, stderr };
}

/** @returns the URI of a database that is not there yet, or empty */
async function newDatabase(kind: string, name: string): Promise<string> {
  if (kind === 'SQLite') return `sqlite:///${join(folder, `${name}.db`)}`;
  const client = new pg.Client(postgres.uri);
  await client.connect();
  try {
    await client.query(`create database ${name}`);
  } finally {
    await client.end();
  }
  return postgres.uri.replace(/\/postgres$/, `/${name}`);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'runledger-moving-out-'));
  await chmod(folder, 0o755);
  postgres = await startPostgres(folder);
});

afterAll(async () => {
  await postgres?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('what was moved out', () => {
  it.each(['SQLite', 'PostgreSQL'])('is answered by mlflow server as here, on %s', async (kind) => {
    const name = kind.toLowerCase();
    const from = await newDatabase(kind, `ours_${name}`);
    const artifacts = join(folder, `artifacts-${name}`);
    const ours = await startRunledger({
      backendStoreUri: from,
      extraArguments: ['--artifacts-destination', artifacts],
    });
    onTestFinished(() => ours.stop());
    await story('fill.py', ours.url);
    await story('fill_more.py', ours.url);
    await story('fill_reviews.py', ours.url);
    const told = await asked(ours.url);

    const to = await newDatabase(kind, `out_${name}`);
    const copies = join(folder, `copies-${name}`);
    const exported = program(
      ...['export', '--backend-store-uri', from, '--to', to, '--artifacts', 'copy'],
      ...['--artifacts-to', copies, '--artifacts-destination', artifacts],
    );
    expect(exported.stderr).not.toContain('runledger:');
    expect(exported.stdout).toContain('All is the same on both sides.');
    expect(exported.stdout).toContain("'Canary' (1)");
    expect(exported.stdout).toContain('MLflow has no place for: ');
    expect(exported.status).toBe(0);

    await vi.waitFor(async () => {
      const listed = await fetch(`${ours.url}/api/governance/v1/audit?action=server.export`);
      expect(await listed.text()).toMatch(/"command line".*copies-/);
    });
    expect(exported.stdout).not.toContain('outside of mlflow-artifacts:/');

    const again = program('export', '--backend-store-uri', from, '--to', to);
    expect(again.stderr).toMatch(/There is a file .* already|The target is not empty/);
    expect(again.status).toBe(1);

    // To the other kind of database, and back to ours.
    const other = await newDatabase(kind === 'SQLite' ? 'PostgreSQL' : 'SQLite', `x_${name}`);
    expect(program('export', '--from', from, '--to', other).stdout).toContain('All is the same');
    const back = await newDatabase(kind, `back_${name}`);
    expect(program('import', '--from', other, '--to', back).stdout).toContain('All is the same');
    const returned = await startRunledger({
      backendStoreUri: back,
      extraArguments: ['--artifacts-destination', artifacts],
    });
    onTestFinished(() => returned.stop());
    const toldBack = await asked(returned.url);
    expect(plain(toldBack.all)).toEqual(plain(told.all));
    expect(toldBack.more).toEqual(told.more);
    expect(toldBack.reviews).toEqual(told.reviews);

    const before = await schemaOf(to);
    await run(environmentProgram(STOCK_VERSION, 'mlflow'), ['db', 'upgrade', to]);
    expect(await schemaOf(to)).toEqual(before);
    const empty = await newDatabase(kind, `empty_${name}`);
    await run(environmentProgram(STOCK_VERSION, 'mlflow'), ['db', 'upgrade', empty]);
    expect(before).toEqual(await schemaOf(empty));

    const stock = await startStockServer({
      backendStoreUri: to,
      extraArguments: ['--artifacts-destination', copies],
    });
    onTestFinished(() => stock.stop());
    const toldThere = await asked(stock.url);
    expect(plain(toldThere.all)).toEqual(plain(told.all));
    expect(toldThere.more).toEqual(told.more);
    expect(toldThere.reviews).toEqual(told.reviews);
    await story('go_on.py', stock.url);
  });
});

/**
 * What is known to differ: assessments of a trace and webhooks have no order there, a webhook that has lost its secret is disabled, and the newest version
 * of a stage beside the four is told by MLflow's server with the model.
 */
function plain(answers: Answers): Answers {
  const isStaged = (model: unknown) => (model as { _name: string })._name === 'staged';
  const withoutStaged = (models: unknown) => (models as unknown[]).filter((one) => !isStaged(one));
  return {
    ...answers,
    traces: (answers.traces as Trace[]).map((trace) => ({
      ...trace,
      info: { ...trace.info, assessments: inOrder(trace.info.assessments) },
    })),
    models: withoutStaged(answers.models),
    'each model': withoutStaged(answers['each model']),
    webhooks: (answers.webhooks as Answers[])
      .map((webhook) => (webhook._name === 'sealed' ? { ...webhook, _status: undefined } : webhook))
      .sort((one, other) => String(one._name).localeCompare(String(other._name))),
  };
}

interface Trace {
  readonly info: { readonly assessments?: readonly { readonly assessment_id: string }[] };
}

const inOrder = (found: Trace['info']['assessments']) =>
  found?.toSorted((one, other) => (one.assessment_id < other.assessment_id ? -1 : 1));

/** Tables, columns, rules and indexes, in an order of their own. */
async function schemaOf(uri: string): Promise<readonly string[]> {
  if (uri.startsWith('sqlite')) return schemaOfSqlite(uri.replace('sqlite:///', ''));
  const client = new pg.Client(uri);
  await client.connect();
  try {
    const lines: string[] = [];
    for (const sql of [
      `select concat_ws(' ', table_name, column_name, data_type, character_maximum_length,
          is_nullable, replace(column_default, '''0''::bigint', '0'), is_identity, is_generated)
          as line from information_schema.columns where table_schema = 'public'`,
      `select concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid)) as line
          from pg_constraint where contype <> 'n' and connamespace = 'public'::regnamespace`,
      `select indexdef as line from pg_indexes where schemaname = 'public'`,
      `select concat_ws(' ', tgrelid::regclass, tgname) as line from pg_trigger
          where not tgisinternal`,
    ]) {
      const { rows } = await client.query<{ line: string }>(sql);
      lines.push(...rows.map(({ line }) => line));
    }
    return lines.sort();
  } finally {
    await client.end();
  }
}

function schemaOfSqlite(file: string): readonly string[] {
  const database = new Sqlite(file, { readonly: true });
  try {
    return database
      .prepare(
        `with tables as (select name from sqlite_schema where type = 'table')
          select json_array(t.name, c.name, c.type, c."notnull", c.pk, c.hidden,
            trim(c.dflt_value, '''')) from tables t, pragma_table_xinfo(t.name) c
          union all select json_array(t.name, f."table", f."from", f."to", f.on_update, f.on_delete)
            from tables t, pragma_foreign_key_list(t.name) f
          union all select json_array(t.name, iif(i.origin = 'c', i.name, i.origin), i."unique",
            i.partial, x.seqno, x.name, x."desc")
            from tables t, pragma_index_list(t.name) i, pragma_index_xinfo(i.name) x
          union all select name from sqlite_schema where type = 'trigger'
          order by 1`,
      )
      .pluck()
      .all() as string[];
  } finally {
    database.close();
  }
}
