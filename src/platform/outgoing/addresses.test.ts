import { describe, expect, it } from 'vitest';
import { allowedHosts, isPublicAddress } from './addresses.js';

describe('an address', () => {
  it.each([
    '1.1.1.1',
    '93.184.216.34',
    '172.32.0.1',
    '100.128.0.1',
    '2606:4700:4700::1111',
    '::ffff:1.1.1.1',
    '64:ff9b::1.1.1.1',
    '2002:0101:0101::1',
  ])('%s is public', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    ['this host', '0.0.0.0'],
    ['this network', '0.1.2.3'],
    ['loopback', '127.0.0.1'],
    ['loopback', '127.255.255.254'],
    ['loopback', '::1'],
    ['unspecified', '::'],
    ['private', '10.0.0.1'],
    ['private', '172.16.0.1'],
    ['private', '172.31.255.255'],
    ['private', '192.168.1.1'],
    ['carrier-grade NAT', '100.64.0.1'],
    ['carrier-grade NAT', '100.127.255.255'],
    ['link-local', '169.254.1.1'],
    ['cloud metadata', '169.254.169.254'],
    ['cloud metadata', 'fd00:ec2::254'],
    ['link-local', 'fe80::1'],
    ['link-local with a zone', 'fe80::1%eth0'],
    ['site-local', 'fec0::1'],
    ['unique local', 'fc00::1'],
    ['unique local', 'fd12:3456::1'],
    ['multicast', '224.0.0.1'],
    ['multicast', '239.1.1.1'],
    ['multicast', 'ff02::1'],
    ['broadcast', '255.255.255.255'],
    ['reserved', '240.0.0.1'],
    ['protocol assignments', '192.0.0.1'],
    ['documentation', '192.0.2.1'],
    ['documentation', '198.51.100.1'],
    ['documentation', '203.0.113.1'],
    ['documentation', '2001:db8::1'],
    ['documentation', '3fff::1'],
    ['benchmarks', '198.18.0.1'],
    ['6to4 relay', '192.88.99.1'],
    ['mapped loopback', '::ffff:127.0.0.1'],
    ['mapped private, in hexadecimal', '::ffff:a00:1'],
    ['compatible loopback', '::127.0.0.1'],
    ['translated', '::ffff:0:127.0.0.1'],
    ['NAT64 of loopback', '64:ff9b::127.0.0.1'],
    ['NAT64 of metadata', '64:ff9b::a9fe:a9fe'],
    ['local NAT64', '64:ff9b:1::1.1.1.1'],
    ['6to4 of private', '2002:0a00:0001::1'],
    ['6to4 of loopback', '2002:7f00:0001::'],
    ['Teredo', '2001::1'],
    ['discard', '100::1'],
    ['assigned to nobody', '4000::1'],
    ['no address', 'localhost'],
    ['no address', ''],
  ])('of the kind %s is not: %s', (_, address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

describe('allowed hosts', () => {
  const hosts = allowedHosts(['hooks.corp', '*.int.example', '10.1.0.0/16', '192.168.0.5', '::1']);

  it.each([
    ['hooks.corp', true],
    ['HOOKS.CORP.', true],
    ['a.hooks.corp', false],
    ['hooks.corp.evil', false],
    ['a.int.example', true],
    ['a.b.int.example', true],
    ['int.example', false],
    ['evilint.example', false],
  ])('the name %s: %s', (name, allowed) => {
    expect(hosts.hasName(name)).toBe(allowed);
  });

  it.each([
    ['10.1.2.3', true],
    ['10.2.0.1', false],
    ['192.168.0.5', true],
    ['192.168.0.6', false],
    ['::ffff:10.1.2.3', true],
    ['::1', true],
    ['::2', false],
    ['no address', false],
  ])('the address %s: %s', (address, allowed) => {
    expect(hosts.hasAddress(address)).toBe(allowed);
  });

  it.each(['https://a', 'a b', '*', '10.0.0.0/99', 'a:80', '-a.*'])('%j is refused', (entry) => {
    expect(() => allowedHosts([entry])).toThrow(`'${entry}' is no host name`);
  });
});
