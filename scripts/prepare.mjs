/**
 * What a fresh clone needs before it can run: packages and a build. Uses nothing but Node, since
 * it runs before anything is installed. Does nothing, in a few ms, when all is up to date.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const OLDEST = [20, 19];
const INSTALLED = join(root, 'node_modules', '.runledger-installed');
const BUILT = join(root, 'dist', '.built');
/** What a build is made from. */
const SOURCES = [
  ...['src', 'migrations', 'openapi', 'scripts', 'web', 'package.json'],
  ...['tsconfig.json', 'tsconfig.build.json'],
];

/** Ends the process with a sentence when this Node is too old. */
export function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return;
  fail(`Runledger needs Node ${OLDEST.join('.')} or newer; this is ${process.versions.node}`);
}

/** Installs the packages that the lockfile names, unless they are there. */
export function ensureInstalled() {
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .update(process.versions.modules)
    .digest('hex');
  if (existsSync(INSTALLED) && readFileSync(INSTALLED, 'utf8') === wanted) return;
  process.stderr.write('Installing packages (once; a native module may be compiled) ...\n');
  run('npm', ['ci', '--no-audit', '--no-fund', '--include=dev', '--loglevel=error']);
  writeFileSync(INSTALLED, wanted);
}

/** Builds dist/ from the sources, unless it is newer than all of them. */
export function ensureBuilt() {
  if (existsSync(BUILT) && statSync(BUILT).mtimeMs >= newest(SOURCES)) return;
  process.stderr.write('Building ...\n');
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  run(process.execPath, [join(root, 'scripts', 'build.mjs')]);
  writeFileSync(BUILT, '');
}

/** Runs a command in the project's folder, showing its output on standard error. */
export function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    ...options,
  });
  if (error) fail(`Can't run ${command}: ${error.message}`);
  if (status !== 0) fail(`'${[command, ...args].join(' ')}' ended with ${status}`);
}

function newest(paths) {
  let time = 0;
  for (const path of paths) {
    const full = join(root, path);
    const stats = statSync(full);
    const inner = stats.isDirectory() && !path.endsWith('generated');
    time = Math.max(
      time,
      inner ? newest(readdirSync(full).map((name) => join(path, name))) : 0,
      path.endsWith('generated') ? 0 : stats.mtimeMs,
    );
  }
  return time;
}

function fail(message) {
  process.stderr.write(`runledger: ${message}\n`);
  process.exit(1);
}
