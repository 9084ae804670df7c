import { describe, expect, it } from 'vitest';
import { describeLocation, parseDatabaseUri } from './uri.js';

describe('a database URI', () => {
  it.each([
    ['sqlite:///a.db', 'a.db'],
    ['sqlite:///./a/b c.db', './a/b c.db'],
    ['sqlite:////var/a.db', '/var/a.db'],
    ['sqlite:///a.db?check_same_thread=false', 'a.db'],
  ])('%s names the file %s', (uri, file) => {
    expect(parseDatabaseUri(uri)).toEqual({ kind: 'sqlite', file });
  });

  it.each([
    ['postgresql://u:p@h:5/n', 'postgresql://u:p@h:5/n'],
    ['postgres://h/n', 'postgresql://h/n'],
    ['postgresql+psycopg2://u:p%40@h/n?sslmode=require', 'postgresql://u:p%40@h/n?sslmode=require'],
  ])('%s names a PostgreSQL', (uri, connectionString) => {
    expect(parseDatabaseUri(uri)).toEqual({ kind: 'postgres', connectionString });
  });

  it.each([
    '',
    'a.db',
    'sqlite://',
    'sqlite:///',
    'sqlite://a.db',
    'sqlite:///:memory:',
    'SQLITE:///a.db',
    './mlruns',
    'mysql+pymysql://h/n',
  ])("'%s' is refused", (uri) => {
    expect(() => parseDatabaseUri(uri)).toThrow(
      new Error(
        `The database URI '${uri}' is not supported; use sqlite:///path.db or postgresql://user:password@host:port/name`,
      ),
    );
  });

  it.each([
    'mssql://me:hunter2@host/db',
    'mssql://me:a/hunter2@x@host/db',
    'mssql://host/db?password=hunter2',
  ])('is never shown with its password: %s', (uri) => {
    expect(() => parseDatabaseUri(uri)).toThrow(/^(?!.*hunter2)The database URI 'mssql:/);
  });

  it('is described without its password', () => {
    expect(describeLocation({ kind: 'sqlite', file: 'a.db' })).toBe("'a.db'");
    const connectionString = 'postgresql://me:hunter2@h:5/n?password=hunter2';
    expect(describeLocation({ kind: 'postgres', connectionString })).toBe(
      "'postgresql://***@h:5/n'",
    );
  });
});
