import { expect, it } from 'vitest';
import { checkFlags } from './flags.js';

it.each(['ftp://host/x', 'mlflow.db', '', 'file:///x.db', 'sqlite'])(
  'says what a source may be, where it is %j',
  (from) => {
    expect(() => checkFlags({ from })).toThrow(/^--from is sqlite:.* postgresql:.* mysql:.* http:/);
  },
);

it.each([
  ['sqlite:///x.db', 'sqlite'],
  ['postgresql+psycopg2://user:secret@host/name', 'postgres'],
  ['mysql+pymysql://user:secret@host/name', 'mysql'],
  ['HTTPS://host/prefix/', 'server'],
])('reads %s', (from, kind) => {
  expect(checkFlags({ from }).source.kind).toBe(kind);
});
