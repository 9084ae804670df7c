import { dirname, resolve } from 'node:path';
import { systemClock } from '../platform/clock.js';
import type { Config } from '../platform/config/config.js';
import { inTime } from '../platform/in-time.js';
import { checkContents } from './contents-checks.js';
import { checkDatabase, checkSpace } from './database-checks.js';
import { type Finding, fail } from './finding.js';
import { checkArtifacts, checkClock, checkDoors, checkKeys, checkNode } from './server-checks.js';

/** Milliseconds for a look at the database, or at the store of artifacts. */
const LONGEST_LOOK = 20_000;

/** Looks at everything that a server with these settings needs. Writes one file and removes it. */
export async function examine(config: Config): Promise<Finding[]> {
  const { destination, serveArtifacts } = config.artifacts;
  const isFolder = serveArtifacts && !/^[a-z][\w+.-]+:/i.test(destination);
  const database = await answered('database', checkDatabase(config));
  const isOpen = database.some(({ check, verdict }) => check === 'schema' && verdict === 'ok');
  return [
    checkNode(),
    checkClock(systemClock()),
    ...database,
    ...(isOpen ? await answered('contents', checkContents(config, LONGEST_LOOK / 2)) : []),
    ...(await answered('artifacts', checkArtifacts(config))),
    ...(isFolder ? [await checkSpace('disk of artifacts', dirname(resolve(destination)))] : []),
    ...(await checkKeys(config)),
    ...checkDoors(config),
  ];
}

/** A store that answers nothing is a finding too. */
async function answered(check: string, look: Promise<Finding | Finding[]>): Promise<Finding[]> {
  const found = `no answer in ${LONGEST_LOOK / 1_000} s`;
  const advice = 'Check the network, and whether what stands behind it is up.';
  return [await inTime(LONGEST_LOOK, look, () => fail(check, found, advice))].flat();
}

/** A table for people. */
export function asTable(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const lines = findings.flatMap(({ check, verdict, found, advice }) => [
    `${verdict.padEnd(4)}  ${check.padEnd(width)}  ${found}`,
    ...(advice === undefined ? [] : [`${' '.repeat(width + 8)}${advice}`]),
  ]);
  return `${lines.join('\n')}\n`;
}

export const hasFailed = (findings: readonly Finding[]): boolean =>
  findings.some(({ verdict }) => verdict === 'fail');
