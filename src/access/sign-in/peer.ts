import type { IncomingMessage } from 'node:http';
import ipaddr from 'ipaddr.js';

/** Who is at the other end of a request. */
export interface Peer {
  readonly address: string;
  /** Whether the browser reached us by https. */
  readonly isSecure: boolean;
}

export type ReadPeer = (request: IncomingMessage) => Peer;

/** Tells whose `X-Forwarded-*` are believed. */
export interface TrustedProxies {
  hasAddress(address: string): boolean;
}

/**
 * Anybody can write `X-Forwarded-For`, so it counts only from a proxy that is known, and in it
 * only what the last known proxy has added.
 */
export function peerReader(proxies: TrustedProxies): ReadPeer {
  return (request) => {
    const direct = request.socket.remoteAddress ?? '';
    if (!proxies.hasAddress(direct)) return { address: direct, isSecure: false };
    const hops = valuesOf(request, 'x-forwarded-for');
    const foreign = hops.reverse().find((hop) => !proxies.hasAddress(hop));
    const scheme = valuesOf(request, 'x-forwarded-proto').at(-1);
    return {
      address: foreign !== undefined && ipaddr.isValid(foreign) ? foreign : direct,
      isSecure: scheme?.toLowerCase() === 'https',
    };
  };
}

function valuesOf(request: IncomingMessage, name: string): string[] {
  const header = request.headers[name];
  const text = Array.isArray(header) ? header.join(',') : (header ?? '');
  return text
    .split(',')
    .map((value) => value.trim())
    .filter((value) => value !== '');
}

/** What failures are counted by: one household has 2^64 addresses of IPv6. */
export function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return address.slice(0, 64);
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  const parts = (parsed as ipaddr.IPv6).parts.slice(0, 4).map((part) => part.toString(16));
  return `${parts.join(':')}::/64`;
}
