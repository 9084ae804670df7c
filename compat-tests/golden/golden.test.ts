import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ALL_VERSIONS } from '../../scripts/python-envs.mjs';
import { type RunningServer, startRunledger } from '../servers.js';
import { differencesOf } from './compare.js';
import type { GoldenExchange } from './exchange.js';
import { readGolden, type Story } from './files.js';
import { SUBJECTS, tellStory } from './tell.js';

let server: RunningServer;

beforeAll(async () => {
  server = await startRunledger();
});
afterAll(() => server.stop());

describe.each(ALL_VERSIONS)('mlflow %s tells ours the golden story', (version) => {
  let golden: Story;
  let ours: Story;

  beforeAll(async () => {
    [golden, ours] = await Promise.all([readGolden(version), tellStory(version, server.url)]);
  });

  it.each(SUBJECTS)('%s', (subject) => {
    expect(compare(golden[subject] ?? [], ours[subject] ?? [])).toEqual([]);
  });
});

/** What differs, exchange by exchange. */
function compare(golden: readonly GoldenExchange[], ours: readonly GoldenExchange[]): string[] {
  const count = Math.max(golden.length, ours.length);
  return Array.from({ length: count }).flatMap((_, index) => {
    const [one, other] = [golden[index], ours[index]];
    const { method, path } = one ?? other ?? { method: '', path: '' };
    const place = `${index + 1}. ${method} ${path}`;
    if (one === undefined || other === undefined) {
      return [`${place}: only ${one === undefined ? 'ours' : 'golden'}`];
    }
    return differencesOf(one, other).map((difference) => `${place} ${difference}`);
  });
}
