/**
 * Virtual environments with the pinned MLflow clients of the compatibility tests, and their tools.
 *
 * `node scripts/python-envs.mjs [version ...]` makes or updates `.test-env/mlflow-<version>` from
 * `compat-tests/requirements/mlflow-<version>.txt`; `tools` stands for what the tests need beside the clients. A second
 * run does nothing.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const BIN = process.platform === 'win32' ? 'Scripts' : 'bin';
const STAMP = '.requirements.sha256';
/** Longer than the largest environment takes to download. */
const LOCK_WAIT_MS = 15 * 60_000;
const CANDIDATES = ['python3.11', 'python3.10', 'python3.12', 'python3', 'python'];

/** The clients under test, newest first. */
export const CLIENT_VERSIONS = ['3.17.2', '2.22.5', '2.9.2'];

/** Clients without a server of their own: they run the golden story and the suites of prompts. */
export const SKINNY_VERSIONS = ['3.11.1', '3.1.4', '2.16.2'];

/** With a server beside them, for the client of users and permissions alone. */
export const AUTH_VERSIONS = ['auth-3.11.1'];

/** What tests need beside the clients, each in an environment of its own. */
const TOOLS = [
  ...['schemathesis', 'object-stores', 'pymysql', 'stores-3.17.2', 'stores-2.22.5'],
  ...['model-signing', 'model-formats', 'kserve-storage', 'openlineage'],
];

export const ALL_VERSIONS = [...CLIENT_VERSIONS, ...SKINNY_VERSIONS];

/** Lowest and highest minor release of Python 3 that each environment runs on. */
const PYTHON_RANGE = {
  '3.17.2': [10, 13],
  '3.11.1': [10, 13],
  '3.1.4': [10, 13],
  '2.22.5': [10, 13],
  '2.16.2': [10, 12],
  '2.9.2': [10, 12],
  schemathesis: [10, 14],
  fasttrackml: [10, 13],
  'model-signing': [10, 13],
  'auth-3.11.1': [10, 13],
  'model-formats': [10, 13],
  'kserve-storage': [10, 13],
  openlineage: [10, 13],
  'object-stores': [10, 13],
  pymysql: [10, 13],
  'stores-3.17.2': [10, 13],
  'stores-2.22.5': [10, 13],
};

/**
 * `mlflow-2.9.2` for a client, its own name for a tool.
 * @param {string} version
 */
const environmentName = (version) => (/^\d/.test(version) ? `mlflow-${version}` : version);

/** A missing prerequisite, told in a sentence the reader can act on. */
export class PythonEnvironmentError extends Error {
  name = 'PythonEnvironmentError';
}

/** @param {string} version */
export function requirementsFile(version) {
  return join(ROOT, 'compat-tests', 'requirements', `${environmentName(version)}.txt`);
}

/** @param {string} version */
export function environmentDirectory(version) {
  return join(ROOT, '.test-env', environmentName(version));
}

/**
 * The path of a program inside the environment of a version, such as `python` or `mlflow`.
 * @param {string} version
 * @param {string} name
 */
export function environmentProgram(version, name) {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return join(environmentDirectory(version), BIN, `${name}${suffix}`);
}

/**
 * True when the environment was made from the requirements as they stand now.
 * @param {string} version
 */
export function isReady(version) {
  const stamp = join(environmentDirectory(version), STAMP);
  if (!existsSync(stamp) || !existsSync(environmentProgram(version, 'python'))) return false;
  return readFileSync(stamp, 'utf8').trim() === requirementsHash(version);
}

/**
 * Makes the environment of a version, or brings it up to date, and returns its interpreter. Waits while another
 * process makes it.
 * @param {string} version
 * @param {(line: string) => void} [log]
 * @returns {string}
 */
export function ensureEnvironment(version, log = () => {}) {
  const range = rangeOf(version);
  const python = environmentProgram(version, 'python');
  if (isReady(version)) return python;

  const directory = environmentDirectory(version);
  const unlock = lock(directory);
  try {
    if (!isReady(version)) makeReady(version, directory, range, log);
  } finally {
    unlock();
  }
  return python;
}

/**
 * @param {string} version
 * @param {string} directory
 * @param {readonly [number, number] | number[]} range
 * @param {(line: string) => void} log
 */
function makeReady(version, directory, range, log) {
  const python = environmentProgram(version, 'python');
  const current = minorVersion(python);
  const usable = current !== undefined && within(current, range);
  if (!usable || !succeeds(python, ['-m', 'pip', '--version'])) {
    makeEnvironment(version, directory, range, log);
  }
  rmSync(join(directory, STAMP), { force: true });
  log(`installing ${requirementsName(version)}`);
  install(version, python);
  writeFileSync(join(directory, STAMP), `${requirementsHash(version)}\n`);
}

/**
 * Keeps other processes out of a folder until what it returns is called, or this process ends: suites that run side
 * by side ask for the same environments. SQLite has locks of the operating system, which Node lacks.
 * @param {string} directory
 */
function lock(directory) {
  mkdirSync(dirname(directory), { recursive: true });
  const held = new Database(`${directory}.lock`, { timeout: LOCK_WAIT_MS });
  held.exec('BEGIN EXCLUSIVE');
  return () => held.close();
}

/**
 * An interpreter on PATH that runs, is recent enough, and can make virtual environments.
 * @param {string} version
 * @param {readonly [number, number] | number[]} range
 */
function findInterpreter(version, range) {
  const withoutVenv = [];
  for (const name of CANDIDATES) {
    const minor = minorVersion(name);
    if (minor === undefined || !within(minor, range)) continue;
    if (succeeds(name, ['-c', 'import venv, ensurepip'])) return name;
    withoutVenv.push(name);
  }
  const [low, high] = range;
  if (withoutVenv.length > 0) {
    throw new PythonEnvironmentError(
      `${withoutVenv[0]} has no venv module: install it (on Debian and Ubuntu: ` +
        `apt-get install ${withoutVenv[0]}-venv) and run this again.`,
    );
  }
  throw new PythonEnvironmentError(
    `${environmentName(version)} needs Python 3.${low} to 3.${high} and none of ${CANDIDATES.join(', ')} ` +
      'on PATH is one that works: install python3.11 with its venv module (for example ' +
      'apt-get install python3.11-venv, or pyenv install 3.11 and pyenv global 3.11).',
  );
}

/**
 * @param {string} version
 * @param {string} directory
 * @param {readonly [number, number] | number[]} range
 * @param {(line: string) => void} log
 */
function makeEnvironment(version, directory, range, log) {
  const interpreter = findInterpreter(version, range);
  log(`making ${directory.slice(ROOT.length + 1)} with ${interpreter}`);
  rmSync(directory, { recursive: true, force: true });
  const made = spawnSync(interpreter, ['-m', 'venv', directory], { encoding: 'utf8' });
  if (made.status !== 0) {
    throw new PythonEnvironmentError(
      `${interpreter} could not make a virtual environment:\n${made.stderr || made.stdout}`,
    );
  }
}

/**
 * @param {string} version
 * @param {string} python
 */
function install(version, python) {
  const options = ['--quiet', '--disable-pip-version-check', '--no-input'];
  const installed = spawnSync(
    python,
    ['-m', 'pip', 'install', ...options, '-r', requirementsFile(version)],
    { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' },
  );
  if (installed.status === 0) return;
  throw new PythonEnvironmentError(
    `pip could not install ${requirementsName(version)}: check that this machine can reach a ` +
      `Python package index (or set PIP_INDEX_URL), then run this again. ` +
      `pip said:\n${installed.stdout}${installed.stderr}`,
  );
}

/**
 * The minor release of a Python 3 that really starts. A shim that only prints an error has none.
 * @param {string} command
 */
function minorVersion(command) {
  const script = 'import sys; print(sys.version_info[0], sys.version_info[1])';
  const asked = spawnSync(command, ['-c', script], { encoding: 'utf8' });
  if (asked.status !== 0) return undefined;
  const [major, minor] = asked.stdout.trim().split(' ').map(Number);
  return major === 3 ? minor : undefined;
}

/**
 * @param {string} command
 * @param {string[]} args
 */
function succeeds(command, args) {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** @param {string} version */
function rangeOf(version) {
  const range = Object.entries(PYTHON_RANGE).find(([name]) => name === version)?.[1];
  if (range && existsSync(requirementsFile(version))) return range;
  throw new PythonEnvironmentError(
    `There is no client ${version}: choose from ${ALL_VERSIONS.join(', ')}.`,
  );
}

/**
 * @param {number} minor
 * @param {readonly [number, number] | number[]} range
 */
function within(minor, [low = 0, high = 0]) {
  return minor >= low && minor <= high;
}

/** @param {string} version */
function requirementsHash(version) {
  return createHash('sha256')
    .update(readFileSync(requirementsFile(version)))
    .digest('hex');
}

/** @param {string} version */
function requirementsName(version) {
  return requirementsFile(version).slice(ROOT.length + 1);
}

/** @param {string[]} args */
function main(args) {
  const versions = args.length > 0 ? args : [...ALL_VERSIONS, ...AUTH_VERSIONS];
  for (const version of versions.flatMap((name) => (name === 'tools' ? TOOLS : name))) {
    const ready = isReady(version);
    ensureEnvironment(version, (line) => console.log(`mlflow ${version}: ${line}`));
    console.log(`mlflow ${version}: ${ready ? 'ready' : 'now ready'}`);
  }
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    main(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof PythonEnvironmentError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
