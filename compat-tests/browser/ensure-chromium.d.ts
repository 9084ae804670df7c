/** What the browser tests use of `scripts/ensure-chromium.mjs`, which is plain JavaScript. */
declare module '*/scripts/ensure-chromium.mjs' {
  export function ensureChromium(): string;
}
