import { type AllowedHosts, isPublicAddress } from './addresses.js';

/** Where this server may connect to on behalf of its users. */
export interface OutgoingPolicy {
  /** Without colons: `https`. */
  readonly schemes: readonly string[];
  /** Addresses of every kind, those of this machine included. */
  readonly allowPrivate: boolean;
  readonly allowedHosts: AllowedHosts;
}

/** Nothing may be sent there: the address is not public, and nobody has allowed it. */
export class BlockedAddress extends Error {
  readonly address: string;

  constructor(host: string, address: string) {
    super(`'${host}' resolves to ${address}, which is not a public address`);
    this.address = address;
  }
}

/** @throws BlockedAddress */
export function refuseUnlessAllowed(policy: OutgoingPolicy, host: string, address: string): void {
  const { allowPrivate, allowedHosts } = policy;
  if (allowPrivate || isPublicAddress(address)) return;
  if (allowedHosts.hasName(host) || allowedHosts.hasAddress(address)) return;
  throw new BlockedAddress(host, address);
}

/** A URL has brackets around an address of IPv6. */
export const bare = (host: string): string => host.replace(/^\[(.*)\]$/, '$1');
