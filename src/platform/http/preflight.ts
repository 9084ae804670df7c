import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendText } from './reply.js';
import { requestIdOf } from './request-id.js';

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'];
const VARY = [
  'Origin',
  'Access-Control-Request-Method',
  'Access-Control-Request-Headers',
  'Access-Control-Request-Private-Network',
].join(', ');

/** Does a browser ask what it may ask for? The request has an Origin. */
export const isPreflight = ({ method, headers }: IncomingMessage): boolean =>
  method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;

/**
 * Answers a browser that asks before it sends a page's request: 200, or 400 with all that stands
 * against it. Any header may be sent; nothing here is for pages of a wider network than our own.
 */
export function sendPreflight(
  request: IncomingMessage,
  response: ServerResponse,
  isAllowedOrigin: boolean,
): void {
  const { headers } = request;
  const asked = headers['access-control-request-headers'];
  const faults = [
    ...(isAllowedOrigin ? [] : ['origin']),
    ...(METHODS.includes(headers['access-control-request-method'] ?? '') ? [] : ['method']),
    ...(headers['access-control-request-private-network'] === 'true' ? ['private-network'] : []),
  ];
  const text = faults.length === 0 ? 'OK' : `Disallowed CORS ${faults.join(', ')}`;
  sendText(response, faults.length === 0 ? 200 : 400, 'text/plain', text, {
    Vary: VARY,
    'Access-Control-Allow-Methods': METHODS.join(', '),
    'Access-Control-Max-Age': '600',
    ...(asked === undefined ? {} : { 'Access-Control-Allow-Headers': asked }),
    ...(faults.length === 0 ? {} : { 'X-Request-Id': requestIdOf(request) }),
  });
}
