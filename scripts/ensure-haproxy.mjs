/**
 * The load balancer of the tests, HAProxy. `node scripts/ensure-haproxy.mjs` finds it, or installs
 * it where that takes no questions: as root on Debian and its kin.
 */
import { fileURLToPath } from 'node:url';
import { ensureProgram, printEnsured } from './system-program.mjs';

const HINT =
  'The tests of several servers need HAProxy. Install it and run them again: ' +
  "'sudo apt-get install haproxy', 'sudo dnf install haproxy' or 'brew install haproxy'";

/**
 * The path of the program, installed if need be.
 * @returns {string}
 */
export const ensureHaproxy = () => ensureProgram('haproxy', 'haproxy', HINT);

if (process.argv[1] === fileURLToPath(import.meta.url)) printEnsured(ensureHaproxy);
