/**
 * The load balancer of the tests, HAProxy. `node scripts/ensure-haproxy.mjs` finds it, or installs
 * it where that takes no questions: as root on Debian and its kin.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where a package puts it, although users don't look there. */
const SYSTEM = ['/usr/sbin', '/usr/local/sbin'];

/**
 * The path of the program.
 * @returns {string | undefined}
 */
export function findHaproxy() {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...SYSTEM];
  return folders.map((folder) => join(folder, 'haproxy')).find(isProgram);
}

/**
 * The path of the program, installed if need be.
 * @returns {string}
 */
export function ensureHaproxy() {
  const found = findHaproxy();
  if (found !== undefined) return found;
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    process.stderr.write('Installing haproxy ...\n');
    const install = ['install', '--yes', '--no-install-recommends', 'haproxy'];
    // The lists of packages may be missing or old: then a second attempt with new ones.
    if (!aptGet(install)) {
      aptGet(['update']);
      aptGet(install);
    }
    const installed = findHaproxy();
    if (installed !== undefined) return installed;
  }
  throw new Error(
    'The tests of several servers need HAProxy. Install it and run them again: ' +
      "'sudo apt-get install haproxy', 'sudo dnf install haproxy' or 'brew install haproxy'",
  );
}

function aptGet(args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync('apt-get', args, { stdio: ['ignore', 2, 2], env }).status === 0;
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    process.stdout.write(`${ensureHaproxy()}\n`);
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
