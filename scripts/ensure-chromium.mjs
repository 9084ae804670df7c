/**
 * Finds the browser of the tests, Debian's chromium. Root on a Debian gets it installed; everybody
 * else is told how to get it.
 */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { aptGet, isProgram, printEnsured } from './system-program.mjs';

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

/** @returns {string} the browser's program, installed if need be */
export function ensureChromium() {
  const found = findChromium();
  if (found !== undefined) return found;
  const mayInstall = process.getuid?.() === 0 && existsSync('/etc/debian_version');
  if (mayInstall && !process.env.CHROMIUM_PATH) {
    process.stderr.write('Installing chromium (once) ...\n');
    aptGet(['update']);
    aptGet(['install', '-y', '--no-install-recommends', 'chromium']);
  }
  const installed = findChromium();
  if (installed === undefined) throw new Error(HINT);
  return installed;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) printEnsured(ensureChromium);
