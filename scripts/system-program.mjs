/** Programs of the system that tests use: where they are, and how they come there without a question. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where packages put servers, although users don't look there. */
const SYSTEM = ['/usr/sbin', '/usr/local/sbin'];

/**
 * The path of a program.
 * @returns {string | undefined}
 */
export function findProgram(name) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...SYSTEM];
  return folders.map((folder) => join(folder, name)).find(isProgram);
}

/**
 * The path of a program, installed from Debian's package if need be, where that takes no questions.
 * @returns {string}
 * @throws Error with the hint, where it is not there and can't be installed
 */
export function ensureProgram(name, debianPackage, hint) {
  const found = findProgram(name);
  if (found !== undefined) return found;
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    process.stderr.write(`Installing ${debianPackage} ...\n`);
    const install = ['install', '--yes', '--no-install-recommends', debianPackage];
    // The lists of packages may be missing or old: then a second attempt with new ones.
    if (!aptGet(install)) {
      aptGet(['update']);
      aptGet(install);
    }
    const installed = findProgram(name);
    if (installed !== undefined) return installed;
  }
  throw new Error(hint);
}

/** Prints what a script for the command line has found, or says why it is not there. */
export function printEnsured(ensure) {
  try {
    process.stdout.write(`${ensure()}\n`);
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}

/** @returns {boolean} whether it went well */
export function aptGet(args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync('apt-get', args, { stdio: ['ignore', 2, 2], env }).status === 0;
}

export function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
