import { describe, expect, it } from 'vitest';
import { allowedHosts } from '../../platform/outgoing/addresses.js';
import { requestWith } from '../testing/sign-in-on.js';
import { networkOf, peerReader } from './peer.js';

const peerOf = peerReader(allowedHosts(['10.0.0.0/8']));

function from(address: string, headers: Record<string, string>) {
  const request = requestWith(headers);
  Object.defineProperty(request.socket, 'remoteAddress', { value: address });
  return peerOf(request);
}

describe('who is at the other end', () => {
  it.each([
    ['203.0.113.9', '198.51.100.7', '203.0.113.9'],
    ['10.0.0.1', '198.51.100.7', '198.51.100.7'],
    ['10.0.0.1', 'made up, 198.51.100.7', '198.51.100.7'],
    ['10.0.0.1', '192.0.2.1, 198.51.100.7, 10.2.3.4', '198.51.100.7'],
    ['::ffff:10.0.0.1', '198.51.100.7', '198.51.100.7'],
    ['10.0.0.1', 'nonsense', '10.0.0.1'],
    ['10.0.0.1', '', '10.0.0.1'],
  ])('is told by %s with %j: %s', (direct, forwarded, address) => {
    expect(from(direct, { 'X-Forwarded-For': forwarded }).address).toBe(address);
  });

  it('came by https if a known proxy says so last', () => {
    const https = (direct: string, proto: string) =>
      from(direct, { 'X-Forwarded-Proto': proto }).isSecure;
    expect(https('10.0.0.1', 'https')).toBe(true);
    expect(https('10.0.0.1', 'https, http')).toBe(false);
    expect(https('203.0.113.9', 'https')).toBe(false);
  });

  it('is counted as the network that one household has', () => {
    expect(networkOf('198.51.100.7')).toBe('198.51.100.7');
    expect(networkOf('::ffff:198.51.100.7')).toBe('198.51.100.7');
    expect(networkOf('2001:db8:1:2:3:4:5:6')).toBe(networkOf('2001:db8:1:2:ffff::1'));
    expect(networkOf('2001:db8:1:3::1')).not.toBe(networkOf('2001:db8:1:2::1'));
  });
});
