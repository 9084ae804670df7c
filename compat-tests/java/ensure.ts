import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { requireJava } from './client.js';

/** The oldest first; a release of Debian or Ubuntu has some of them. */
const JDKS = ['openjdk-17-jdk-headless', 'openjdk-21-jdk-headless'];

/**
 * Finds Java and Maven, or installs them where that needs no question: as root on Debian.
 *
 * @throws Error with one sentence that says how to get what is missing
 */
export function ensureJava(): void {
  try {
    requireJava();
  } catch (error) {
    if (!mayInstall()) throw error;
    console.log('Installing Java and Maven with apt-get');
    const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const aptGet = (...args: readonly string[]): boolean =>
      spawnSync('apt-get', ['-qq', ...args], { env: environment, stdio: 'inherit' }).status === 0;
    aptGet('update');
    JDKS.some((jdk) => aptGet('install', '-y', '--no-install-recommends', jdk, 'maven'));
    requireJava();
  }
}

const mayInstall = (): boolean =>
  process.getuid?.() === 0 && existsSync('/etc/debian_version') && existsSync('/usr/bin/apt-get');
