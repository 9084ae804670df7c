import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { ArtifactPlaces } from '../artifacts/places.js';
import { SafePath } from '../artifacts/safe-path.js';
import type { Config } from '../platform/config/config.js';
import { isOpenDoor } from '../platform/config/open-door.js';
import { type Finding, fail, ok, reasonOf, warn } from './finding.js';

/** The oldest Node that the package names. */
const OLDEST_NODE = [20, 19] as const;

export function checkNode(version = process.versions.node): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldest, oldestMinor] = OLDEST_NODE;
  return major > oldest || (major === oldest && minor >= oldestMinor)
    ? ok('Node', version)
    : fail('Node', version, `Use Node ${OLDEST_NODE.join('.')} or newer.`);
}

/** Writes a small file, reads it and removes it. */
export async function checkArtifacts(config: Config): Promise<Finding> {
  const { destination, serveArtifacts } = config.artifacts;
  const check = 'artifacts';
  if (!serveArtifacts) return ok(check, 'clients reach the store themselves');
  try {
    const places = new ArtifactPlaces(config.artifacts);
    await places.prepare();
    const path = SafePath.parse(`.runledger-doctor-${randomUUID()}`);
    const store = places.destination;
    await store.store(path, one(Buffer.from('doctor')));
    try {
      const file = await store.open(path);
      if (typeof file === 'string') throw new Error('what was written is not there');
      await file.close();
    } finally {
      await store.remove(path);
    }
    return ok(check, `${destination} can be read and written`);
  } catch (error) {
    return fail(
      check,
      `${destination}: ${reasonOf(error)}`,
      'Check --artifacts-destination, the rights of this user there, and credentials of the store.',
    );
  }
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** Keys that sign the audit log and encrypt secrets. */
export async function checkKeys(config: Config): Promise<Finding[]> {
  const { audit, webhooks } = config;
  const hasSecret = webhooks.secretKeys.length > 0;
  const findings: Finding[] = [];
  if (hasSecret) findings.push(ok('key of secrets', 'given'));
  else if (webhooks.keyFile === undefined) {
    findings.push(
      warn(
        'key of secrets',
        'none',
        'Webhooks can keep no secrets: give all servers the same MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY.',
      ),
    );
  } else findings.push(await checkKeyFile('key of secrets', webhooks.keyFile, false));
  if (audit.keyFile !== undefined) {
    findings.push(await checkKeyFile('key of the audit log', audit.keyFile, true));
  } else if (hasSecret || webhooks.keyFile !== undefined) {
    findings.push(ok('key of the audit log', 'made from the key of secrets'));
  } else {
    const advice = 'The log is chained but not signed: give all servers the same --audit-key.';
    findings.push(warn('key of the audit log', 'none', advice));
  }
  return findings;
}

async function checkKeyFile(check: string, file: string, isNeeded: boolean): Promise<Finding> {
  const found = await stat(file).catch(() => undefined);
  if (found === undefined) {
    return isNeeded
      ? fail(check, `${file} can't be read`, 'Make the key, or name another file.')
      : ok(check, `${file} is made when it is needed`);
  }
  return (found.mode & 0o077) === 0
    ? ok(check, file)
    : warn(check, `${file} is open to others`, `chmod 600 ${file}; keep a copy elsewhere.`);
}

/** Who may come in, and by which names. */
export function checkDoors(config: Config): Finding[] {
  const { auth, host, security } = config;
  return [
    isOpenDoor(config)
      ? fail(
          'sign-in',
          `everybody who reaches ${host} may change everything`,
          'Start with --auth, or listen on 127.0.0.1 behind a proxy that signs people in.',
        )
      : ok('sign-in', auth.enabled ? 'needed' : 'not needed, on this machine alone'),
    security.enabled
      ? ok('Host header', security.allowedHosts?.join(', ') ?? 'local names, private addresses')
      : warn(
          'Host header',
          'any',
          'Leave --disable-security-middleware out and use --allowed-hosts.',
        ),
  ];
}

/** The clock is not before this version was written. */
export const checkClock = (now: number): Finding =>
  now > Date.UTC(2025, 0, 1)
    ? ok('clock of this machine', new Date(now).toISOString())
    : fail('clock of this machine', new Date(now).toISOString(), 'Set it by NTP.');
