import { resolve } from 'node:path';
import { type DatabaseLocation, parseDatabaseUri } from '../platform/db/uri.js';

export interface ImportFlags {
  readonly from: string;
  readonly to?: string | undefined;
  readonly accounts?: string | undefined;
}

/**
 * @returns where to read
 * @throws Error with one sentence when that is no database that can be moved in
 */
export function checkFlags({ from, accounts }: ImportFlags): {
  readonly source: DatabaseLocation;
  readonly accounts: string | undefined;
} {
  const scheme = /^([\w+]+):\/\//.exec(from)?.[1] ?? '';
  if (/^(?:mysql|mariadb|mssql)/.test(scheme)) {
    throw new Error(
      `A source of the kind '${scheme}' can't be read; move it into SQLite or PostgreSQL first, ` +
        'and use sqlite:///mlflow.db or postgresql://user:password@host/name',
    );
  }
  if (/^https?$/.test(scheme)) {
    throw new Error(
      'A server is no source that can be read; name its database: sqlite:///mlflow.db or ' +
        'postgresql://user:password@host/name',
    );
  }
  const location = parseDatabaseUri(from);
  // One file is one source, whatever folder it is named from.
  const source =
    location.kind === 'sqlite' ? { ...location, file: resolve(location.file) } : location;
  return { source, accounts };
}
