import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessUsage {
  readonly cpuMs: number;
  readonly memoryMb: number;
  readonly processes: number;
}

interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly session: number;
  readonly cpuTicks: number;
  /** Tells a process apart from a later one with the same id. */
  readonly startedAt: number;
}

let ticksPerSecond: number | undefined;

/**
 * CPU and memory of a server with all of its children, or nothing where there is no /proc. Memory is
 * the sum of the resident sets, so pages that forked workers share count more than once.
 */
export function usageOfTree(pid: number): ProcessUsage | undefined {
  const tree = processTree(pid);
  if (tree.length === 0) return undefined;
  ticksPerSecond ??= Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
  const ticks = tree.reduce((sum, entry) => sum + entry.cpuTicks, 0);
  return {
    cpuMs: (ticks * 1000) / ticksPerSecond,
    memoryMb: tree.reduce((sum, entry) => sum + residentMb(entry.pid), 0),
    processes: tree.length,
  };
}

/**
 * The process, its descendants, and whoever is in the session it leads: a descendant whose parent
 * has ended is found by its session.
 */
export function processTree(pid: number): ProcessEntry[] {
  const all = listProcesses();
  const members = new Set([pid]);
  for (let size = 0; size !== members.size; ) {
    size = members.size;
    for (const entry of all) {
      if (members.has(entry.parent) || entry.session === pid) members.add(entry.pid);
    }
  }
  return all.filter((entry) => members.has(entry.pid));
}

export function isRunning(entry: ProcessEntry): boolean {
  return readStat(entry.pid)?.startedAt === entry.startedAt;
}

function listProcesses(): ProcessEntry[] {
  let names: string[];
  try {
    names = readdirSync('/proc');
  } catch {
    return [];
  }
  return names.flatMap((name) => (/^\d+$/.test(name) ? (readStat(Number(name)) ?? []) : []));
}

function readStat(pid: number): ProcessEntry | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return undefined; // It has ended since the folder was listed.
  }
  // The program's name stands in parentheses and may hold spaces; the state follows it.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const field = (index: number) => Number(fields[index]);
  if (fields[0] === 'Z') return undefined;
  return {
    pid,
    parent: field(1),
    session: field(3),
    // Own time, and that of children that have ended and been waited for.
    cpuTicks: field(11) + field(12) + field(13) + field(14),
    startedAt: field(19),
  };
}

function residentMb(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}
