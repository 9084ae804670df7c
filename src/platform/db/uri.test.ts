import { describe, expect, it } from 'vitest';
import { describeLocation, parseDatabaseUri } from './uri.js';

describe('a database URI', () => {
  it.each([
    ['sqlite:///a.db', 'a.db'],
    ['sqlite:///./a/b c.db', './a/b c.db'],
    ['sqlite:////var/a.db', '/var/a.db'],
    ['sqlite:///a.db?check_same_thread=false', 'a.db'],
    ['sqlite+pysqlite:///a.db', 'a.db'],
    ['sqlite:///a%20b/100%/%C3%A4%ff.db', 'a b/100%/%C3%A4%ff.db'],
    ['sqlite:///%C3%A4.db', 'ä.db'],
  ])('%s names the file %s', (uri, file) => {
    expect(parseDatabaseUri(uri)).toEqual({ kind: 'sqlite', file });
  });

  it.each([
    ['postgresql://u:p@h:5/n', 'postgresql://u:p@h:5/n'],
    ['postgres://h/n', 'postgresql://h/n'],
    ['postgresql+psycopg2://u:p%40@h/n?a=b@c', 'postgresql://u:p%40@h/n?a=b@c'],
    ['postgresql://h/n?user=a@b', 'postgresql://h/n?user=a@b'],
    ['postgresql://u@/n?host=/run/pg', 'postgresql://u@/n?host=/run/pg'],
    ['postgresql://u:a/b?c#d:e[f]@h/n', 'postgresql://u:a%2Fb%3Fc%23d%3Ae%5Bf%5D@h/n'],
    ['postgresql://u:1@2@h:5/n', 'postgresql://u:1%402@h:5/n'],
    ['postgresql://ü:100%+%2B @h/n', 'postgresql://%C3%BC:100%25%2B%2B%20@h/n'],
  ])('%s names a PostgreSQL', (uri, connectionString) => {
    expect(parseDatabaseUri(uri)).toEqual({ kind: 'postgres', connectionString });
  });

  // As libpq reads them, which clients of Python use: encrypted, but not verified.
  it.each([
    ['sslmode=require', 'sslmode=no-verify'],
    ['a=b&sslmode=require&c=d', 'a=b&sslmode=no-verify&c=d'],
    ['sslmode=require&sslrootcert=/ca.pem', 'sslmode=require&sslrootcert=/ca.pem'],
    ['sslmode=prefer', 'sslmode=disable'],
    ['sslmode=allow', 'sslmode=disable'],
    ['sslmode=verify-full', 'sslmode=verify-full'],
  ])('with %s asks for %s', (given, understood) => {
    expect(parseDatabaseUri(`postgresql://h/n?${given}`)).toEqual({
      kind: 'postgres',
      connectionString: `postgresql://h/n?${understood}`,
    });
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
