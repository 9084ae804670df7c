import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MOST_ROWS } from './plan-check.js';
import { sqlitePlans } from './sqlite-plans.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'runledger-plans-'));
  const database = new Sqlite(join(folder, 'x.db'));
  database.exec(
    `create table large (id integer primary key, a text, b text); create index by_a on large (a, b);
     create table small (id integer primary key, a text);
     with recursive n(i) as (select 1 union all select i + 1 from n where i <= ${MOST_ROWS})
     insert into large (a, b) select i, '?' from n; insert into small (a) values ('x')`,
  );
  database.close();
});

afterEach(() => rmSync(folder, { recursive: true }));

async function tablesReadBy(sql: string): Promise<string[]> {
  const check = sqlitePlans(join(folder, 'x.db'), folder);
  writeFileSync(String(check.env.RUNLEDGER_BENCH_STATEMENTS), `${JSON.stringify(sql)}\n`);
  return (await check.end()).findings.map(({ table }) => table);
}

describe('the check of plans on SQLite', () => {
  it.each([
    ['select * from large where b = ? and a <> ?'],
    ["select l.id from large as l where l.b = '?'"],
    ['select l.id from large l where l.b like ?'],
    ['select count(*) from large'],
    ['select a from large order by b limit ?'],
    ['update large set b = ? where b = ?'],
    ['select * from small where exists (select 1 from large f where f.b = small.a)'],
  ])('finds a large table that is read: %s', async (sql) => {
    expect(await tablesReadBy(sql)).toEqual(['large']);
  });

  it.each([
    ['select * from large where a = ?'],
    ['select * from large where id = ?'],
    ['select a, b from large order by a, b limit ?'],
    ['select * from small'],
    ['insert into large (a) values (?)'],
    ['begin immediate'],
  ])('lets others pass: %s', async (sql) => {
    expect(await tablesReadBy(sql)).toEqual([]);
  });
});
