import type { IncomingHttpHeaders } from 'node:http';
import parseRange from 'range-parser';
import type { ByteRange } from '../backends/backend.js';

/** What a client may compare its copy of a file by. */
export interface Validators {
  /** With its quotes. */
  readonly etag: string;
  readonly modified: Date;
}

/** Does the client hold this very file already? An ETag is asked before a date. */
export function isFresh(headers: IncomingHttpHeaders, file: Validators): boolean {
  const tags = headers['if-none-match'];
  if (tags !== undefined) {
    return tags.split(',').some((tag) => ['*', file.etag].includes(tag.trim().replace(/^W\//, '')));
  }
  const since = headers['if-modified-since'];
  return since !== undefined && toSecond(file.modified) <= Date.parse(since);
}

/** Does the client want this state of the file and no other, and is it another by now? */
export function isOther(headers: IncomingHttpHeaders, file: Validators): boolean {
  const tags = headers['if-match'];
  if (tags !== undefined) {
    return !tags.split(',').some((tag) => ['*', file.etag].includes(tag.trim()));
  }
  const since = headers['if-unmodified-since'];
  return since !== undefined && toSecond(file.modified) > Date.parse(since);
}

/**
 * The part of a file that is asked for; undefined for all of it, also where more than one part
 * is named or `If-Range` speaks of another state of the file, as a server is free to answer.
 */
export function requestedRange(
  headers: IncomingHttpHeaders,
  size: number,
  file: Validators,
): ByteRange | 'unsatisfiable' | undefined {
  const { range } = headers;
  if (range === undefined || !/^\s*bytes\s*=/i.test(range)) return undefined;
  const condition = headers['if-range'];
  if (condition !== undefined && !isSameState(String(condition), file)) return undefined;
  // The last bytes of a file that has fewer are all of them.
  const known = range.replace(
    /([=,]\s*)-(\d+)/g,
    (_, before: string, last: string) => `${before}-${Math.min(Number(last), size)}`,
  );
  const ranges = parseRange(size, known);
  if (ranges === -1) return 'unsatisfiable';
  return ranges === -2 || ranges.length > 1 ? undefined : ranges[0];
}

const isSameState = (condition: string, file: Validators): boolean =>
  condition === file.etag || toSecond(file.modified) === Date.parse(condition);

/** HTTP dates have no milliseconds. */
const toSecond = (date: Date): number => Math.floor(date.getTime() / 1_000) * 1_000;
