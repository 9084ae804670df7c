/**
 * The source of the tests of moving in from MySQL: MariaDB. `node scripts/ensure-mariadb.mjs` finds it, or installs
 * it where that takes no questions: as root on Debian and its kin.
 */
import { fileURLToPath } from 'node:url';
import { ensureProgram, printEnsured } from './system-program.mjs';

const HINT =
  'The tests of moving in need MariaDB. Install it and run them again: ' +
  "'sudo apt-get install mariadb-server', 'sudo dnf install mariadb-server' or " +
  "'brew install mariadb'";

/**
 * The path of the program, installed if need be.
 * @returns {string}
 */
export const ensureMariadb = () => ensureProgram('mariadbd', 'mariadb-server', HINT);

if (process.argv[1] === fileURLToPath(import.meta.url)) printEnsured(ensureMariadb);
