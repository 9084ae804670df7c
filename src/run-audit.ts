import { createPublicKey, type KeyObject } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { AuditStore } from './audit/audit.store.js';
import { LogVerifier, type Report, type VerifierSettings } from './audit/log-verifier.js';
import { notesIn, parseKey } from './audit/signed-note.js';
import { verifyDatabase } from './audit/verify-database.js';
import type { Config } from './platform/config/config.js';
import { openDatabase } from './platform/db/open.js';
import { readError } from './platform/start-error.js';

export interface AuditOptions {
  /** A file of checkpoints that have been kept elsewhere. */
  readonly checkpoint?: string;
  /** The public key, or a file that holds it. */
  readonly publicKey?: string;
}

/**
 * Verifies an export, or the log in a database where there is no file.
 *
 * @throws Error with one sentence when it can't be read
 */
export async function verifyAudit(
  from: { readonly file: string } | { readonly config: Config },
  { checkpoint, publicKey }: AuditOptions,
): Promise<Report> {
  const settings = {
    key: publicKey === undefined ? undefined : await readKey(publicKey),
    notes: checkpoint === undefined ? [] : notesIn(await readText(checkpoint)),
  };
  return 'file' in from ? verifyFile(from.file, settings) : inDatabase(from.config, settings);
}

/** @returns a report as people read it */
export function printReport(report: Report): string {
  const { ok, entries, checkpoints, trustedKey, problems } = report;
  const warning =
    checkpoints > 0 && !trustedKey
      ? ['The key came with the log: give the one that you have kept with --public-key.']
      : [];
  const verdict = ok
    ? checkpoints > 0
      ? 'as they were written'
      : 'they fit each other; without a checkpoint nothing tells whether they are the first ones'
    : 'NOT as they were written';
  return [
    `${entries} entries, ${checkpoints} checkpoints: ${verdict}`,
    ...problems.map(({ problem }) => `  ${problem}`),
    ...warning,
    '',
  ].join('\n');
}

async function verifyFile(file: string, settings: VerifierSettings): Promise<Report> {
  const verifier = new LogVerifier(settings);
  try {
    const lines = createInterface({ input: createReadStream(file), crlfDelay: 0 });
    for await (const line of lines) verifier.line(line);
  } catch (error) {
    throw unreadable(file, error);
  }
  return verifier.finish();
}

async function inDatabase(config: Config, settings: VerifierSettings): Promise<Report> {
  const database = await openDatabase({ ...config, location: config.database });
  try {
    return await verifyDatabase(new AuditStore(database), database.read, settings);
  } finally {
    await database.close();
  }
}

async function readKey(given: string): Promise<KeyObject> {
  if (given.includes('+') && !given.includes('-----')) {
    const key = keyIn(given);
    if (key !== undefined) return key;
  }
  const key = keyIn(await readText(given));
  if (key !== undefined) return key;
  throw new Error(`There is no public key of an audit log in '${given}'`);
}

function keyIn(text: string): KeyObject | undefined {
  try {
    return text.includes('-----BEGIN') ? createPublicKey(text) : parseKey(text);
  } catch {
    return undefined;
  }
}

const readText = async (file: string): Promise<string> => {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw unreadable(file, error);
  }
};

const unreadable = (file: string, error: unknown): Error =>
  readError(`Can't read '${file}'`, error);
