import { beforeAll, describe, expect, it } from 'vitest';
import { forEachDatabase } from '../../testing/for-each-database.js';
import type { Database } from './database.js';
import { checkPattern, matches, toPostgresPattern } from './pattern.js';

describe('a pattern', () => {
  it.each([
    ['a.c', 'a[^\\n]c'],
    ['(?i)(a|b)+?$', '(?i)(?:a|b)+?$'],
    ['(?P<n>a)(?<m>b)(?:c)', '(?:a)(?:b)(?:c)'],
    ['\\bx\\B\\z', '\\yx\\Y\\Z'],
    ['\\d{2,3}[\\d.\\-]', '\\d{2,3}[\\d.\\-]'],
    ['\\x41\\x{1F600}\\101', '\\U00000041\\U0001f600\\U00000041'],
    ['[]a[]x{', '[]a\\[]x\\{'],
    ['[^[:alpha:][.a]', '[^[:alpha:]\\[.a]'],
    ['a{b}{,3}', 'a\\{b}\\{,3}'],
    ['', ''],
  ])('%s is written for PostgreSQL', (pattern, written) => {
    expect(toPostgresPattern(pattern)).toBe(written);
  });

  it.each([
    ['(', 'bounded time'],
    ['(a)\\1', 'bounded time'],
    ['(?=a)', 'bounded time'],
    ['(?<=a)b', 'bounded time'],
    ['(?<!a)b', 'bounded time'],
    ['a{1001}', 'bounded time'],
    ['a{256}', 'repeats more than 255 times'],
    ['(?s)a', "'(?s)' is not supported"],
    ['a(?i)b', "'(?i)' is not supported"],
    ['(?i:a)', "'(?i:' is not supported"],
    ['\\pL', "'\\p' is not supported"],
    ['\\Qa\\E', "'\\Q' is not supported"],
    ['[[:^alpha:]]', "'[:^alpha:]' is not supported"],
    ['^*a', "nothing can be repeated behind '^'"],
    ['\\b+', "nothing can be repeated behind '\\b'"],
    ['\\x00', 'it holds no text'],
    ['(a{200}){5}(a{200}){6}', 'it is too large'],
    [`(${'a'.repeat(600)}){250}`, 'it is too large'],
    ['((((a{5}){5}){5}){5}){5}', 'it is too large'],
    ['a'.repeat(1_001), 'more than 1000 characters'],
  ])('%s is refused', (pattern, reason) => {
    expect(() => checkPattern(pattern)).toThrow(reason);
  });
});

const TEXTS = ['', 'a', 'abc', 'A.C', 'a\nc', 'x1-2', '[{', 'a]', 'née', '😀', 'aXb aYb', 'a b'];
const PATTERNS = [
  ...['a', '^a', 'c$', 'a.c', '(?i)A', '\\d', '\\D', '\\bb', '\\Bc', '[^a]', '[]a]', '[[{]', '{'],
  ...['a|x', '(a|x)+$', 'a{2}', 'a{1,}', 'a??b', '\\w+ \\w+', '[\\d-]{2}', '\\.', '\\x61', 'é'],
  ...[
    '^$',
    '^.$',
    '[[:upper:]]',
    '(?:)',
    '|a',
    'a.*?b$',
    '\\Aa',
    'a\\z',
    '^[^\\n]*$',
    '\\s',
    '[.]',
  ],
];

forEachDatabase((open) => {
  let database: Database;
  beforeAll(async () => {
    database = await open();
  });

  it('matches as on the other database', async () => {
    const values = TEXTS.map(() => '(?, cast(? as text))').join(', ');
    for (const pattern of PATTERNS) {
      const { sql, bindings } = database.dialect.rlike('t.text', pattern);
      const rows = await database.scan.all<{ n: number }>({
        sql: `with t (n, text) as (values ${values}) select cast(n as integer) as n from t where ${sql}`,
        bindings: [...TEXTS.flatMap((text, n) => [String(n), text]), ...bindings],
      });
      const found = rows.map(({ n }) => TEXTS[n]).sort();
      expect([pattern, found]).toEqual([pattern, TEXTS.filter((t) => matches(pattern, t)).sort()]);
    }
  });

  it('takes no longer for patterns that other engines choke on', async () => {
    const { sql, bindings } = database.dialect.rlike('t.text', '^(a+)+(a|aa)*b$');
    const rows = await database.scan.all({
      sql: `with t (text) as (values (cast(? as text))) select 1 from t where ${sql}`,
      bindings: ['a'.repeat(5_000), ...bindings],
    });
    expect(rows).toEqual([]);
  });
});
