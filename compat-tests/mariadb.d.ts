/** What the tests use of `scripts/ensure-mariadb.mjs`, which is plain JavaScript. */
declare module '*/scripts/ensure-mariadb.mjs' {
  export function ensureMariadb(): string;
}
