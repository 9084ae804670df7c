import { statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseSourceUri, type SourceLocation } from '../platform/db/read-only-source.js';
import type { ServerCredentials } from '../platform/outgoing/server-client.js';

export interface ImportFlags {
  readonly from: string;
  readonly to?: string | undefined;
  readonly accounts?: string | undefined;
  readonly artifacts?: string | undefined;
  readonly artifactsFrom?: string | undefined;
  readonly staging?: string | undefined;
}

/** A server that is asked. */
export interface ServerLocation {
  readonly kind: 'server';
  /** Without user and password. */
  readonly url: string;
  readonly credentials: ServerCredentials;
}

/** Where to read. */
export interface CheckedFlags {
  readonly source: SourceLocation | ServerLocation;
  readonly accounts: string | undefined;
  /** The folder to copy artifacts from, true for the server itself, if they are to be copied. */
  readonly artifacts: string | true | undefined;
  /** The file that keeps what a server says, if it is named. */
  readonly staging: string | undefined;
}

/**
 * @param credentials for a server whose address has none
 * @returns where to read
 * @throws Error with one sentence when that is nothing that can be moved in
 */
export function checkFlags(flags: ImportFlags, credentials: ServerCredentials = {}): CheckedFlags {
  const { from, accounts, artifacts = 'keep', artifactsFrom } = flags;
  const source = sourceOf(from, credentials);
  if (artifacts !== 'copy' && artifacts !== 'keep') {
    throw new Error(`--artifacts is 'copy' or 'keep', not '${artifacts}'`);
  }
  if (flags.staging !== undefined && source.kind !== 'server') {
    throw new Error('--staging is for a server; a database needs no file beside it');
  }
  const checked = { source, accounts, staging: flags.staging && resolve(flags.staging) };
  if (artifacts === 'keep') return { ...checked, artifacts: undefined };
  if (source.kind === 'server' && artifactsFrom === undefined) {
    return { ...checked, artifacts: true };
  }
  const beside = source.kind === 'sqlite' ? join(dirname(source.file), 'mlartifacts') : undefined;
  const folder = artifactsFrom ?? beside;
  if (folder === undefined || !statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new Error(
      `There is no folder ${folder === undefined ? '' : `'${folder}' `}to copy artifacts from; name ` +
        'the --artifacts-destination of the old server with --artifacts-from',
    );
  }
  return { ...checked, artifacts: folder };
}

function sourceOf(from: string, credentials: ServerCredentials): CheckedFlags['source'] {
  const scheme = /^([\w+]+):\/\//.exec(from)?.[1] ?? '';
  if (/^https?$/i.test(scheme)) return serverOf(from, credentials);
  if (/^mssql/.test(scheme)) {
    throw new Error(
      `A source of the kind '${scheme}' can't be read; name the server instead, and use ` +
        'http://host:port',
    );
  }
  if (!/^(?:sqlite|postgres(?:ql)?|mysql|mariadb)\b/i.test(scheme)) {
    throw new Error(
      "--from is sqlite:///mlflow.db, postgresql://..., mysql://... or the server's http://host:port",
    );
  }
  const location = parseSourceUri(from);
  // One file is one source, whatever folder it is named from.
  return location.kind === 'sqlite' ? { ...location, file: resolve(location.file) } : location;
}

function serverOf(from: string, credentials: ServerCredentials): ServerLocation {
  if (!URL.canParse(from)) {
    throw new Error('The address of the server can not be read; use http://host:port');
  }
  const url = new URL(from);
  if (url.search !== '' || url.hash !== '') {
    throw new Error('The address of a server has no parameters; use http://host:port');
  }
  const own = url.username === '' ? credentials : userOf(url);
  url.username = '';
  url.password = '';
  return { kind: 'server', url: url.href.replace(/\/+$/, ''), credentials: own };
}

const userOf = ({ username, password }: URL): ServerCredentials => ({
  username: decodeURIComponent(username),
  password: decodeURIComponent(password),
});

/** Names a server as it is named in the report. */
export const describeServer = ({ url }: ServerLocation): string => `'${url}'`;
