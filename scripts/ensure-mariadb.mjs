/**
 * The source of the tests of moving in from MySQL: MariaDB. `node scripts/ensure-mariadb.mjs` finds it, or installs
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
export function findMariadb() {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...SYSTEM];
  return folders.map((folder) => join(folder, 'mariadbd')).find(isProgram);
}

/**
 * The path of the program, installed if need be.
 * @returns {string}
 */
export function ensureMariadb() {
  const found = findMariadb();
  if (found !== undefined) return found;
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    process.stderr.write('Installing mariadb-server ...\n');
    const install = ['install', '--yes', '--no-install-recommends', 'mariadb-server'];
    // The lists of packages may be missing or old: then a second attempt with new ones.
    if (!aptGet(install)) {
      aptGet(['update']);
      aptGet(install);
    }
    const installed = findMariadb();
    if (installed !== undefined) return installed;
  }
  throw new Error(
    'The tests of moving in need MariaDB. Install it and run them again: ' +
      "'sudo apt-get install mariadb-server', 'sudo dnf install mariadb-server' or " +
      "'brew install mariadb'",
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
    process.stdout.write(`${ensureMariadb()}\n`);
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
