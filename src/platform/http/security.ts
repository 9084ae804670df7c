import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SecurityConfig } from '../config/config.js';
import { isPreflight, sendPreflight } from './preflight.js';
import { addHeaders, sendText } from './reply.js';
import { requestIdOf } from './request-id.js';

/**
 * Hosts that are this machine or a private network, as `mlflow server` lists them. Addresses are
 * addresses here: `10.example.com` is a name that anybody can point anywhere.
 */
const LOCAL_HOST = new RegExp(
  `^(?:${[
    'localhost',
    String.raw`127\.0\.0\.1`,
    String.raw`0\.0\.0\.0`,
    String.raw`\[::1\]`,
    String.raw`10(?:\.\d{1,3}){3}`,
    String.raw`192\.168(?:\.\d{1,3}){2}`,
    String.raw`172\.(?:1[6-9]|2\d|3[01])(?:\.\d{1,3}){2}`,
    String.raw`\[f[cd][\da-f]{2}:[\da-f:.]*\]`,
  ].join('|')})(?::\\d{1,5})?$`,
  'i',
);

const LOCAL_ORIGIN = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;
const CHANGES = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
/** Probes come from load balancers, which send any Host. */
const ANY_HOST = new Set(['/health', '/ready', '/version']);
const BAD_HOST = 'Invalid Host header - possible DNS rebinding attack detected';

/** @returns true when the request has been answered and goes no further */
export type Guard = (request: IncomingMessage, response: ServerResponse) => boolean;

/**
 * Keeps foreign web pages out: a Host that is not ours (DNS rebinding) and a change that another
 * site's page asks for (cross-site request). Every route is guarded.
 * Source: semantics-registry 10, reliability 1 class 10.
 */
export function securityGuard(config: SecurityConfig, prefix: string): Guard {
  if (!config.enabled) return () => false;
  const { allowedHosts } = config;
  const isHost = allowedHosts ? matcher(allowedHosts) : (host: string) => LOCAL_HOST.test(host);
  const isListed = matcher(config.allowedOrigins);
  const anyOrigin = config.allowedOrigins.includes('*');
  const isOrigin = (origin: string) => anyOrigin || LOCAL_ORIGIN.test(origin) || isListed(origin);
  const headers = {
    'X-Content-Type-Options': 'nosniff',
    Vary: 'Origin',
    ...(config.frameOptions ? { 'X-Frame-Options': config.frameOptions } : {}),
  };

  return (request, response) => {
    const { host, origin } = request.headers;
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    const probe = path.startsWith(prefix) && ANY_HOST.has(path.slice(prefix.length));
    // A target in absolute form names a host beside the header's, and who stands before may believe it.
    const [, target] = /^https?:\/\/([^/?#]*)/i.exec(request.url ?? '') ?? [];
    const isForeign = target !== undefined && !isHost(target);
    if (!probe && (host === undefined || !isHost(host) || isForeign)) {
      return refuse(request, response, 403, BAD_HOST);
    }
    addHeaders(response, headers);
    if (origin === undefined) return false;
    const allowed = isOrigin(origin);
    if (isPreflight(request)) {
      if (allowed) allow(response, origin);
      sendPreflight(request, response, allowed);
      return true;
    }
    if (!allowed && CHANGES.has(request.method ?? '')) {
      return refuse(request, response, 403, 'Cross-origin request blocked');
    }
    if (allowed) {
      allow(response, origin);
      addHeaders(response, { 'Access-Control-Expose-Headers': '*' });
    }
    return false;
  };

  function allow(response: ServerResponse, origin: string): void {
    addHeaders(response, {
      'Access-Control-Allow-Origin': anyOrigin ? '*' : origin,
      ...(anyOrigin ? {} : { 'Access-Control-Allow-Credentials': 'true' }),
    });
  }
}

function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  text: string,
): true {
  sendText(response, status, 'text/plain', text, { 'X-Request-Id': requestIdOf(request) });
  return true;
}

/** A host or an origin as browsers write them: what `*` stands for is part of a name or a port. */
const AUTHORITY = /^(?:[a-z][a-z\d+.-]*:\/\/)?(?:\[[\da-f:.]+\]|[\w.-]+)(?::\d{1,5})?$/i;

/** Patterns with `*` for any text, compared with the whole value without regard to case. */
function matcher(patterns: readonly string[]): (text: string) => boolean {
  const exact = new Set(patterns.map((pattern) => pattern.toLowerCase()));
  const expressions = patterns
    .filter((pattern) => pattern.includes('*'))
    .map((pattern) => {
      const escaped = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
      return new RegExp(`^${escaped}$`, 'i');
    });
  return (text) =>
    exact.has('*') ||
    exact.has(text.toLowerCase()) ||
    (AUTHORITY.test(text) && expressions.some((expression) => expression.test(text)));
}
