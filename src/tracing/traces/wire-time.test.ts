import { describe, expect, it } from 'vitest';
import {
  checkTimestamp,
  parseDuration,
  parseTimestamp,
  printDuration,
  printTimestamp,
} from './wire-time.js';

describe('times on the wire', () => {
  it.each([
    ['1970-01-01T00:00:00Z', 0],
    ['2024-02-03T04:05:06.789999Z', 1_706_933_106_789],
    ['2024-02-03T06:05:06.5+02:00', 1_706_933_106_500],
    ['1969-12-31T23:59:59.999Z', -1],
    ['0001-01-01T00:00:00Z', -62_135_596_800_000],
  ])('reads %s', (text, ms) => {
    expect(parseTimestamp(text, 't')).toBe(ms);
  });

  it.each([
    '',
    'yesterday',
    '2024-02-30T00:00:00Z',
    '2024-01-01T25:00:00Z',
    '2024-01-01',
    '2024-01-01T00:00:00',
    '0000-01-01T00:00:00Z',
  ])('refuses the time %j', (text) => {
    expect(() => parseTimestamp(text, 't')).toThrow(/for parameter 't' supplied/);
  });

  it.each([
    ['0s', 0, '0s'],
    ['1.5s', 1_500, '1.500s'],
    ['1.2345s', 1_234, '1.234s'],
    ['-0.25s', -250, '-0.250s'],
    ['-3s', -3_000, '-3s'],
  ])('reads and prints the duration %s', (text, ms, printed) => {
    expect(parseDuration(text, 'd')).toBe(ms);
    expect(printDuration(ms)).toBe(printed);
  });

  it.each(['', '1', '1.s', '1m', 's', '999999999999s'])('refuses the duration %j', (text) => {
    expect(() => parseDuration(text, 'd')).toThrow(/for parameter 'd' supplied/);
  });

  it('prints a fraction only where there is one', () => {
    expect(printTimestamp(0)).toBe('1970-01-01T00:00:00Z');
    expect(printTimestamp(1_500)).toBe('1970-01-01T00:00:01.500Z');
  });

  it('takes no time that it could not print', () => {
    expect(checkTimestamp(5n, 't')).toBe(5);
    for (const ms of [2n ** 62n, -(2n ** 62n), 253_402_300_800_000]) {
      expect(() => checkTimestamp(ms, 't')).toThrow(/years 1 to 9999/);
    }
  });
});
