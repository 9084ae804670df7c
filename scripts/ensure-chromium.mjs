/**
 * Finds the browser of the tests, Debian's chromium. Root on a Debian gets it installed; everybody
 * else is told how to get it.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const HINT =
  "Chromium is missing. Install it ('sudo apt-get update && sudo apt-get install -y chromium' on " +
  'Debian or Ubuntu), or name another Chromium in CHROMIUM_PATH.';

/** @returns {string | undefined} the browser's program */
export function findChromium() {
  const named = process.env.CHROMIUM_PATH;
  if (named) return isProgram(named) ? named : undefined;
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  return [...new Set([...folders, '/usr/bin'])]
    .flatMap((folder) => NAMES.map((name) => join(folder, name)))
    .find(isProgram);
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** @returns {string} the browser's program, installed if need be */
export function ensureChromium() {
  const found = findChromium();
  if (found !== undefined) return found;
  const mayInstall = process.getuid?.() === 0 && existsSync('/etc/debian_version');
  if (mayInstall && !process.env.CHROMIUM_PATH) {
    process.stderr.write('Installing chromium (once) ...\n');
    for (const args of [['update'], ['install', '-y', '--no-install-recommends', 'chromium']]) {
      const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
      spawnSync('apt-get', args, { stdio: ['ignore', 2, 2], env: environment });
    }
  }
  const installed = findChromium();
  if (installed === undefined) throw new Error(HINT);
  return installed;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    process.stdout.write(`${ensureChromium()}\n`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  }
}
