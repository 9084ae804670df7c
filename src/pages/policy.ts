/**
 * What a browser lets MLflow's pages do. Everything comes from this server, with these exceptions:
 *
 * - styles stand in the pages' own markup, since that is how the pages are written;
 * - images may come from anywhere, since descriptions of models are Markdown;
 * - HTML artifacts are shown in a frame without an origin, which inherits this policy, so scripts
 *   in markup are allowed;
 * - plots of compared runs make functions from text to draw by WebGL.
 */
export const PAGES_POLICY = [
  "default-src 'self'",
  "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob: https: http:",
  "font-src 'self' data:",
  "media-src 'self' data: blob:",
  "connect-src 'self' data: blob:",
  "worker-src 'self' blob:",
  "frame-src 'self' blob: data:",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'self'",
].join('; ');
