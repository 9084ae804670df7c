/** What the tests use of `scripts/ensure-haproxy.mjs`, which is plain JavaScript. */
declare module '*/scripts/ensure-haproxy.mjs' {
  export function ensureHaproxy(): string;
}
