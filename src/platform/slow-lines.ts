import type { Log } from './log.js';
import { sparingly } from './sparingly.js';

/** Milliseconds between two lines about what is slow. */
const EVERY = 10_000;

/** Writes what was slow into the log, once in a while, with how many were left out since. */
export const slowLines = (log: Pick<Log, 'warn'>, message: string): ((line: object) => void) =>
  sparingly<object>(EVERY, (line, leftOut) => log.warn({ ...line, left_out: leftOut }, message));
