/**
 * PostgreSQL's programs for backups, which the embedded one does not bring. `node scripts/ensure-pg-dump.mjs`
 * finds them, or installs them where that takes no questions: as root on Debian and its kin.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const PROGRAMS = ['pg_dump', 'pg_restore'];
const isThere = (program) => spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;
const areThere = () => PROGRAMS.every(isThere);

if (!areThere() && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const aptGet = (...args) =>
    spawnSync('apt-get', args, { stdio: ['ignore', 2, 2], env }).status === 0;
  const install = () => aptGet('install', '--yes', '--no-install-recommends', 'postgresql-client');
  // The lists of packages may be missing or old: then a second attempt with new ones.
  if (!install()) {
    aptGet('update');
    install();
  }
}
if (!areThere()) {
  process.stderr.write(
    'The test of the backup of PostgreSQL needs pg_dump and pg_restore, 14 or newer. Install them ' +
      "and run it again: 'sudo apt-get install postgresql-client' or 'brew install libpq'\n",
  );
  process.exitCode = 1;
}
