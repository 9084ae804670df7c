import { readFileSync } from 'node:fs';
import { decode, hidePassword } from './uri.js';

/** A database of MySQL or MariaDB, which is only ever read. */
export interface MysqlLocation {
  readonly kind: 'mysql';
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** The path of the socket, instead of host and port. */
  readonly socket?: string;
  /** The file of the certificates that the server's must be signed by; without it nothing is encrypted. */
  readonly ssl?: { readonly ca: string; readonly cert?: string; readonly key?: string };
}

const MYSQL = /^(?:mysql|mariadb)(?:\+\w+)?:\/\//;
/** The password may hold any sign but '@', and that too before the host. */
const PARTS =
  /^(?:([^:@/]*)(?::(.*))?@)?(\[[\da-f:.]+\]|[^:/?@]*)(?::(\d+))?\/([^/?]+)(?:\?(.*))?$/s;
const SSL = ['ssl_ca', 'ssl_cert', 'ssl_key'];
const KNOWN = new Set([...SSL, 'charset', 'unix_socket', 'ssl', 'ssl_check_hostname']);

/** @returns what a driver is told of encryption, with the files read; nothing without it */
export function tlsOf({ ssl }: MysqlLocation) {
  if (ssl === undefined) return {};
  const { ca, cert, key } = ssl;
  return {
    ssl: {
      ca: readFileSync(ca),
      ...(cert === undefined ? {} : { cert: readFileSync(cert) }),
      ...(key === undefined ? {} : { key: readFileSync(key) }),
    },
  };
}

/** Whether a URI is one of MySQL's or MariaDB's, whatever driver it names. */
export const isMysqlUri = (uri: string): boolean => MYSQL.test(uri);

/**
 * Reads a URI of MySQL in MLflow's (SQLAlchemy's) spelling: `mysql://user:password@host:port/name`,
 * also with a driver name (`mysql+pymysql://`, `mysql+mysqldb://`).
 *
 * @throws Error with one sentence for the user when it names no database
 */
export function parseMysqlUri(uri: string): MysqlLocation {
  const found = PARTS.exec(uri.replace(MYSQL, ''));
  if (found === null) {
    throw new Error(
      `The database URI '${hidePassword(uri)}' is not supported; use ` +
        'mysql://user:password@host:port/name',
    );
  }
  const [, user = '', password = '', host = '', port = '3306', database = '', query = ''] = found;
  const parameters = new URLSearchParams(query);
  const unknown = [...parameters.keys()].find((name) => !KNOWN.has(name));
  if (unknown !== undefined) {
    throw new Error(
      `The database URI '${hidePassword(uri)}' has the parameter '${unknown}', which is not ` +
        `known; these are: ${[...KNOWN].join(', ')}`,
    );
  }
  const socket = parameters.get('unix_socket');
  const [ca, cert, key] = SSL.map((name) => parameters.get(name));
  return {
    kind: 'mysql',
    host: host.replace(/^\[|\]$/g, '') || '127.0.0.1',
    port: Number(port),
    user: decode(user),
    password: decode(password),
    database: decode(database),
    ...(socket ? { socket } : {}),
    ...(ca ? { ssl: { ca, ...(cert ? { cert } : {}), ...(key ? { key } : {}) } } : {}),
  };
}

/** Names a database without its user and password. */
export const describeMysql = ({ host, port, database, socket }: MysqlLocation): string =>
  socket === undefined
    ? `'mysql://${host.includes(':') ? `[${host}]` : host}:${port}/${database}'`
    : `'mysql:///${database}?unix_socket=${socket}'`;
