import { statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseSourceUri, type SourceLocation } from '../platform/db/read-only-source.js';

export interface ImportFlags {
  readonly from: string;
  readonly to?: string | undefined;
  readonly accounts?: string | undefined;
  readonly artifacts?: string | undefined;
  readonly artifactsFrom?: string | undefined;
}

/** Where to read. */
export interface CheckedFlags {
  readonly source: SourceLocation;
  readonly accounts: string | undefined;
  /** The folder to copy from, if artifacts are to be copied. */
  readonly artifacts: string | undefined;
}

/**
 * @returns where to read
 * @throws Error with one sentence when that is no database that can be moved in
 */
export function checkFlags({
  from,
  accounts,
  artifacts = 'keep',
  artifactsFrom,
}: ImportFlags): CheckedFlags {
  const scheme = /^([\w+]+):\/\//.exec(from)?.[1] ?? '';
  if (/^mssql/.test(scheme)) {
    throw new Error(
      `A source of the kind '${scheme}' can't be read; name the server instead, and use ` +
        'http://host:port',
    );
  }
  if (/^https?$/.test(scheme)) {
    throw new Error(
      'A server is no source that can be read; name its database: sqlite:///mlflow.db or ' +
        'postgresql://user:password@host/name',
    );
  }
  const location = parseSourceUri(from);
  // One file is one source, whatever folder it is named from.
  const source =
    location.kind === 'sqlite' ? { ...location, file: resolve(location.file) } : location;
  if (artifacts !== 'copy' && artifacts !== 'keep') {
    throw new Error(`--artifacts is 'copy' or 'keep', not '${artifacts}'`);
  }
  if (artifacts === 'keep') return { source, accounts, artifacts: undefined };
  const beside = source.kind === 'sqlite' ? join(dirname(source.file), 'mlartifacts') : undefined;
  const folder = artifactsFrom ?? beside;
  if (folder === undefined || !statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new Error(
      `There is no folder ${folder === undefined ? '' : `'${folder}' `}to copy artifacts from; name ` +
        'the --artifacts-destination of the old server with --artifacts-from',
    );
  }
  return { source, accounts, artifacts: folder };
}
