import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** What the global unicast addresses of IPv6 have in common; the rest is assigned to nobody. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');
/** Prefixes behind which an IPv4 address stands, and at which byte it does. */
const EMBEDDING: readonly (readonly [range: [ipaddr.IPv6, number], at: number])[] = [
  [ipaddr.IPv6.parseCIDR('::ffff:0:0/96'), 12],
  [ipaddr.IPv6.parseCIDR('64:ff9b::/96'), 12],
  [ipaddr.IPv6.parseCIDR('2002::/16'), 2],
];

/** @returns whether the text is an address of the public internet; anything unclear is not */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = embedded(ipaddr.parse(text));
  if (address.range() !== 'unicast') return false;
  return address.kind() === 'ipv4' || (address as ipaddr.IPv6).match(GLOBAL_UNICAST);
}

/** Mapped, translated and 6to4 addresses lead to an IPv4 address: that one counts. */
function embedded(address: Address): Address {
  if (address.kind() === 'ipv4') return address;
  const six = address as ipaddr.IPv6;
  for (const [range, at] of EMBEDDING) {
    if (six.match(range)) return new ipaddr.IPv4(six.toByteArray().slice(at, at + 4));
  }
  return six;
}

/** Hosts that may be reached although their addresses are not public. */
export interface AllowedHosts {
  hasName(host: string): boolean;
  hasAddress(address: string): boolean;
}

/**
 * Reads a list of names (`hooks.example`), names below one (`*.example`), addresses and ranges
 * (`10.1.0.0/16`).
 *
 * @throws Error with one sentence for an entry that is none of these
 */
export function allowedHosts(entries: readonly string[]): AllowedHosts {
  const names: string[] = [];
  const ranges: [Address, number][] = [];
  for (const entry of entries) {
    if (ipaddr.isValidCIDR(entry)) ranges.push(ipaddr.parseCIDR(entry));
    else if (ipaddr.isValid(entry)) ranges.push(alone(ipaddr.parse(entry)));
    else if (/^(?:\*\.)?[a-z\d_-]+(?:\.[a-z\d_-]+)*$/i.test(entry)) names.push(entry.toLowerCase());
    else throw new Error(`'${entry}' is no host name, address or range of addresses`);
  }
  return {
    hasName: (host) => {
      const name = host.toLowerCase().replace(/\.$/, '');
      return names.some((known) =>
        known.startsWith('*.') ? name.endsWith(known.slice(1)) : name === known,
      );
    },
    hasAddress: (text) => {
      if (!ipaddr.isValid(text)) return false;
      const address = ipaddr.process(text);
      return ranges.some(([range, bits]) => {
        if (range.kind() !== address.kind()) return false;
        return (address as ipaddr.IPv4).match(range as ipaddr.IPv4, bits);
      });
    },
  };
}

const alone = (address: Address): [Address, number] => [
  address,
  address.kind() === 'ipv4' ? 32 : 128,
];
