import { lookup as lookUp } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import { isIP, Socket } from 'node:net';
import { Agent, buildConnector, errors, request } from 'undici';
import { bare, type OutgoingPolicy, refuseUnlessAllowed } from './outgoing-policy.js';

export { errors, request };

/** What a receiver may say; nobody reads it, but its connection can then be used again. */
export const MAX_BODY = 64 * 1_024;

/**
 * @param timeout ms for each of: the connection, the headers of the answer, a pause in it
 * @param verifyTls whether somebody must have signed the receiver's certificate
 */
export const guardedAgent = (policy: OutgoingPolicy, timeout: number, verifyTls: boolean): Agent =>
  new Agent({
    connect: guarded(policy, timeout, verifyTls),
    connections: 16,
    headersTimeout: timeout,
    bodyTimeout: timeout,
    maxResponseSize: MAX_BODY,
    keepAliveTimeout: 4_000,
    keepAliveMaxTimeout: 30_000,
  });

/** Makes connections whose addresses are judged at the look-up, and again once they stand. */
function guarded(
  policy: OutgoingPolicy,
  timeout: number,
  verifyTls: boolean,
): buildConnector.connector {
  // Node takes the look-up as it is; it decides among several addresses by itself.
  const lookup: LookupFunction = (host, options, done) => {
    lookUp(host, { ...options, all: true }).then(
      (found) => {
        try {
          for (const { address } of found) refuseUnlessAllowed(policy, host, address);
        } catch (error) {
          done(error as Error, []);
          return;
        }
        const [first] = found;
        if (options.all === true || first === undefined) done(null, found);
        else done(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => done(error, []),
    );
  };
  const plain = buildConnector({ timeout, lookup });
  const secure = buildConnector({ timeout, rejectUnauthorized: verifyTls });
  return (options, done) => {
    const host = bare(options.hostname);
    try {
      // No look-up is made for an address.
      if (isIP(host) !== 0) refuseUnlessAllowed(policy, host, host);
    } catch (error) {
      done(error as Error, null);
      return;
    }
    const port = options.port || (options.protocol === 'https:' ? '443' : '80');
    plain({ ...options, protocol: 'http:', port }, (...[error, socket]) => {
      if (error !== null) {
        done(error, null);
        return;
      }
      try {
        refuseUnlessAllowed(policy, host, socket.remoteAddress ?? 'an unknown address');
      } catch (refusal) {
        socket.destroy();
        done(refusal as Error, null);
        return;
      }
      if (options.protocol === 'https:' && socket instanceof Socket) {
        secure({ ...options, port, httpSocket: socket }, done);
      } else done(null, socket);
    });
  };
}
