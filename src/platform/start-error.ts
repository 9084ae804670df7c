/** @returns what stands in the way of a start, in one sentence for whoever started the server */
export function startError(what: string, cause: unknown): Error {
  return new Error(`${what}: ${reasonOf(cause)}`, { cause });
}

/** As {@link startError}, of a file that is only read. */
export function readError(what: string, cause: unknown): Error {
  const why = cause instanceof Error ? OF_FILES[codeOf(cause)] : undefined;
  return why === undefined ? startError(what, cause) : new Error(`${what}: ${why}`, { cause });
}

/** The first line of an error's message, without what only a developer would ask for. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  // Several addresses of one host were tried, and each was refused.
  const [first] = cause instanceof AggregateError ? cause.errors : [];
  if (first instanceof Error) return reasonOf(first);
  return WORDS[codeOf(cause)] ?? cause.message.split('\n', 1)[0] ?? cause.name;
}

const codeOf = (error: Error): string => ('code' in error ? String(error.code) : '');

const OF_FILES: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder, not a file',
};

const WORDS: Readonly<Record<string, string>> = {
  EACCES: 'the permission is missing',
  EPERM: 'the permission is missing',
  EROFS: 'the file system is read-only',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EEXIST: 'there is a file of that name, not a folder',
  ENOENT: 'there is no such folder, and it could not be made',
  ENOSPC: 'the disk is full',
  SQLITE_NOTADB: 'the file is no SQLite database',
  SQLITE_CANTOPEN: 'the file or its folder may not be written',
  SQLITE_READONLY: 'the file may not be written',
  SQLITE_READONLY_DIRECTORY: 'its folder may not be written',
  SQLITE_BUSY: 'another process is holding it',
};
