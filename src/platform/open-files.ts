import { readFileSync } from 'node:fs';

/** What databases, threads, files and the log of a process need beside connections. */
const LEAST_REST = 160;

/** @returns how many files and sockets this process may have open; undefined where no system tells */
function openFileLimit(): number | undefined {
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8');
    const soft = /^Max open files\s+(\d+)/m.exec(limits)?.[1];
    return soft === undefined ? undefined : Number(soft);
  } catch {
    return undefined;
  }
}

/**
 * A connection beyond what the system lets a process open is one that it can't even refuse, so
 * fewer are taken where the limit is low.
 *
 * @param wanted connections
 * @returns how many of them this process can hold beside what else it has open
 */
export function connectionsWithin(wanted: number, limit = openFileLimit()): number {
  if (limit === undefined) return wanted;
  const rest = Math.max(LEAST_REST, Math.ceil(limit / 4));
  return Math.max(1, Math.min(wanted, limit - rest));
}
