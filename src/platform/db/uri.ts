/** Where the data lies: a SQLite file or a PostgreSQL database. */
export type DatabaseLocation =
  | { readonly kind: 'sqlite'; readonly file: string }
  | { readonly kind: 'postgres'; readonly connectionString: string };

const POSTGRES = /^postgres(?:ql)?(?:\+\w+)?:\/\//;

/**
 * Reads a database URI in MLflow's (SQLAlchemy's) spelling: `sqlite:///relative.db`,
 * `sqlite:////absolute.db`, `postgresql://user:password@host/name`, also with a driver name
 * (`postgresql+psycopg2://`).
 *
 * @throws Error with one sentence for the user when the URI names no supported database
 */
export function parseDatabaseUri(uri: string): DatabaseLocation {
  if (POSTGRES.test(uri)) {
    return { kind: 'postgres', connectionString: uri.replace(POSTGRES, 'postgresql://') };
  }
  const file = /^sqlite:\/\/\/([^?]+)(?:\?.*)?$/.exec(uri)?.[1];
  if (file !== undefined && file !== ':memory:') return { kind: 'sqlite', file };
  throw new Error(
    `The database URI '${hidePassword(uri)}' is not supported; use sqlite:///path.db or postgresql://user:password@host:port/name`,
  );
}

/** Names a database without its password. */
export function describeLocation(location: DatabaseLocation): string {
  if (location.kind === 'sqlite') return `'${location.file}'`;
  return `'${hidePassword(location.connectionString)}'`;
}

/** A password may stand before the host or in a parameter, and may hold unescaped signs itself. */
const hidePassword = (uri: string): string => uri.replace(/\/\/.*@/, '//***@').replace(/\?.*$/, '');
