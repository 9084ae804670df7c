/** Where the data lies: a SQLite file or a PostgreSQL database. */
export type DatabaseLocation =
  | { readonly kind: 'sqlite'; readonly file: string }
  | { readonly kind: 'postgres'; readonly connectionString: string };

const POSTGRES = /^postgres(?:ql)?(?:\+\w+)?:\/\//;
const SQLITE = /^sqlite(?:\+\w+)?:\/\/\/([^?]+)(?:\?.*)?$/;
/** User and password. The password may hold any sign but '@', and that too before the host. */
const USER = /^([^:/?#@]*)(?::([^@]*(?:@[^/?#@]*(?=@))*))?@/;

/**
 * Reads a database URI in MLflow's (SQLAlchemy's) spelling: `sqlite:///relative.db`,
 * `sqlite:////absolute.db`, `postgresql://user:password@host/name`, also with a driver name
 * (`postgresql+psycopg2://`). Percent signs escape, and unescaped signs are taken as they are.
 *
 * @throws Error with one sentence for the user when the URI names no supported database
 */
export function parseDatabaseUri(uri: string): DatabaseLocation {
  if (POSTGRES.test(uri)) {
    return { kind: 'postgres', connectionString: connectionString(uri.replace(POSTGRES, '')) };
  }
  const file = decode(SQLITE.exec(uri)?.[1] ?? '');
  if (file !== '' && file !== ':memory:') return { kind: 'sqlite', file };
  throw new Error(
    `The database URI '${hidePassword(uri)}' is not supported; use sqlite:///path.db or postgresql://user:password@host:port/name`,
  );
}

/** Names a database without its password. */
export function describeLocation(location: DatabaseLocation): string {
  if (location.kind === 'sqlite') return `'${location.file}'`;
  return `'${hidePassword(location.connectionString)}'`;
}

/** What the drivers of PostgreSQL understand alike. */
function connectionString(rest: string): string {
  const withUser = rest.replace(
    USER,
    (_match, user: string, password?: string) =>
      `${encode(user)}${password === undefined ? '' : `:${encode(password)}`}@`,
  );
  return `postgresql://${withUser.replace(/\?.*$/s, libpqModes)}`;
}

/**
 * The modes of libpq: `require` encrypts and checks no certificate unless one is named, `prefer`
 * and `allow` are content without. The drivers here would check the certificate in all of them.
 */
function libpqModes(query: string): string {
  const parameters = new URLSearchParams(query);
  const mode = parameters.get('sslmode');
  if (mode === 'require' && !parameters.has('sslrootcert')) {
    return query.replace(/([?&]sslmode=)require/, '$1no-verify');
  }
  return query.replace(/([?&]sslmode=)(?:prefer|allow)/, '$1disable');
}

const encode = (text: string): string => encodeURIComponent(decode(text));

/** Takes escapes off; what is none stays. */
export function decode(text: string): string {
  return text.replace(/(?:%[\da-f]{2})+/gi, (escapes) => {
    try {
      return decodeURIComponent(escapes);
    } catch {
      return escapes;
    }
  });
}

/** A password may stand before the host or in a parameter, and may hold unescaped signs itself. */
export const hidePassword = (uri: string): string =>
  uri.replace(/\/\/.*@/, '//***@').replace(/\?.*$/, '');
