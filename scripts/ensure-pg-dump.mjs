/**
 * PostgreSQL's programs for backups, which the embedded one does not bring. `node scripts/ensure-pg-dump.mjs`
 * finds them, or installs them where that takes no questions: as root on Debian and its kin.
 */
import { ensureProgram, printEnsured } from './system-program.mjs';

const HINT =
  'The test of the backup of PostgreSQL needs pg_dump and pg_restore, 14 or newer. Install them ' +
  "and run it again: 'sudo apt-get install postgresql-client' or 'brew install libpq'";

printEnsured(() =>
  ['pg_dump', 'pg_restore']
    .map((program) => ensureProgram(program, 'postgresql-client', HINT))
    .join('\n'),
);
