import { parseArgs } from 'node:util';
import type { Workload } from './driver.js';
import type { Plan } from './measure.js';
import { SERVER_NAMES, type ServerName } from './servers.js';
import { WORKLOADS } from './workloads.js';

export interface Options {
  readonly plan: Plan;
  readonly workloads: readonly Workload[];
  readonly seededRuns: number;
  readonly json: string | undefined;
  readonly servers: ReadonlySet<ServerName>;
  readonly database: 'sqlite' | 'postgresql';
}

export class UsageError extends Error {}

export const USAGE = `npm run bench -- [options]
  --quick            1 round of 1 s, and fewer runs to search among
  --seconds N        length of a round (2)
  --rounds N         rounds of each measurement (3)
  --only name,...    workloads whose names start so: ${WORKLOADS.map(({ name }) => name).join(', ')}
  --connections n,.. connections to measure with (1,16)
  --json FILE        write all figures
  --database NAME    sqlite (the default), or postgresql, where there is no prototype
  --no-ours, --no-stock, --no-prototype, --no-fasttrackml, --no-bare`;

export function parseOptions(args: string[]): Options {
  const values = parse(args);
  const quick = values.quick === true;
  const database = databaseOf(values.database ?? 'sqlite');
  return {
    plan: {
      seconds: positive('--seconds', values.seconds ?? (quick ? '1' : '2')),
      rounds: Math.ceil(positive('--rounds', values.rounds ?? (quick ? '1' : '3'))),
      connections: list(values.connections ?? '1,16').map((n) =>
        Math.ceil(positive('--connections', n)),
      ),
    },
    workloads: chosenWorkloads(values.only).filter(
      (workload) => (workload.database ?? database) === database,
    ),
    seededRuns: quick ? 2_000 : 10_000,
    json: values.json,
    servers: new Set(
      SERVER_NAMES.filter((name) => {
        if (name === 'prototype' && database !== 'sqlite') return false;
        return values[`no-${name === 'relaxed' ? 'ours' : name}`] !== true;
      }),
    ),
    database,
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        quick: { type: 'boolean' },
        seconds: { type: 'string' },
        rounds: { type: 'string' },
        only: { type: 'string' },
        connections: { type: 'string' },
        json: { type: 'string' },
        'no-ours': { type: 'boolean' },
        'no-stock': { type: 'boolean' },
        'no-prototype': { type: 'boolean' },
        'no-fasttrackml': { type: 'boolean' },
        'no-bare': { type: 'boolean' },
        database: { type: 'string' },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function databaseOf(name: string): Options['database'] {
  if (name === 'sqlite' || name === 'postgresql') return name;
  throw new UsageError(`--database takes sqlite or postgresql, not '${name}'`);
}

function chosenWorkloads(only: string | undefined): readonly Workload[] {
  if (only === undefined) return WORKLOADS;
  const starts = list(only);
  for (const start of starts) {
    if (WORKLOADS.some(({ name }) => name.startsWith(start))) continue;
    throw new UsageError(`there is no workload '${start}'`);
  }
  return WORKLOADS.filter(({ name }) => starts.some((start) => name.startsWith(start)));
}

function list(text: string): string[] {
  return text.split(',').filter((part) => part !== '');
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new UsageError(`${name} takes a number above 0, not '${text}'`);
  return value;
}
