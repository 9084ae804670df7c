import { describe, expect, it } from 'vitest';
import { describeMysql, isMysqlUri, parseMysqlUri } from './mysql-location.js';

const PLAIN = {
  ...{ kind: 'mysql', host: 'h', port: 3306, user: 'ann', password: 'pw', database: 'mlflow' },
} as const;

describe('a URI of MySQL', () => {
  it.each([
    ['mysql://ann:pw@h/mlflow', PLAIN],
    ['mysql+pymysql://ann:pw@h/mlflow?charset=utf8mb4', PLAIN],
    ['mysql+mysqldb://ann:pw@h:3307/mlflow', { ...PLAIN, port: 3307 }],
    ['mariadb+mariadbconnector://ann:pw@h/mlflow', PLAIN],
    ['mysql://ann:p%40s%3As@h/mlflow', { ...PLAIN, password: 'p@s:s' }],
    ['mysql://ann:p@s:s/1@h/mlflow', { ...PLAIN, password: 'p@s:s/1' }],
    ['mysql://ann@[::1]:3307/mlflow', { ...PLAIN, host: '::1', port: 3307, password: '' }],
    ['mysql://ann:pw@/mlflow?unix_socket=/s', { ...PLAIN, host: '127.0.0.1', socket: '/s' }],
    [
      'mysql://ann:pw@h/mlflow?ssl_ca=/ca.pem&ssl_cert=/c&ssl_key=/k',
      { ...PLAIN, ssl: { ca: '/ca.pem', cert: '/c', key: '/k' } },
    ],
  ])('is read: %s', (uri, location) => {
    expect(isMysqlUri(uri)).toBe(true);
    expect(parseMysqlUri(uri)).toEqual(location);
  });

  it('is refused where it names no database, or what nobody knows', () => {
    expect(() => parseMysqlUri('mysql://ann:hunter2@h')).toThrow(/^(?!.*hunter2).*mysql:\/\/user/);
    expect(() => parseMysqlUri('mysql://a:hunter2@h/n?foo=1')).toThrow(/^(?!.*hunter2).*'foo'/);
  });

  it('is told without user and password', () => {
    expect(describeMysql(parseMysqlUri('mysql://ann:pw@h/n'))).toBe("'mysql://h:3306/n'");
    expect(describeMysql(parseMysqlUri('mysql://ann:pw@/n?unix_socket=/s'))).toBe(
      "'mysql:///n?unix_socket=/s'",
    );
  });
});
