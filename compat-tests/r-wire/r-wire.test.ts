import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readOperations } from '../contract.js';
import { coverageOf } from '../coverage.js';
import { compare, reportDifferences } from '../differential/support/compare.js';
import { at, Pair } from '../differential/support/pair.js';
import type { Exchange } from '../proxy/recording-proxy.js';
import { type RunningServer, startRunledger, startStockServer } from '../servers.js';
import { settleUsedOperations, WRITE } from '../used-operations.js';
import { CURL_CALLS } from './curl.js';
import { R_AGENT, R_CALLS } from './r-client.js';

const servers: RunningServer[] = [];
const exchanges: Exchange[] = [];
let pair: Pair;

beforeAll(async () => {
  const backendStoreUri = process.env.RUNLEDGER_TEST_BACKEND_URI;
  servers.push(...(await Promise.all([startStockServer(), startRunledger({ backendStoreUri })])));
  const [stock, ours] = servers.map(({ url }) => url);
  pair = new Pair({ stock: stock ?? '', ours: ours ?? '' });
});
afterAll(async () => {
  reportDifferences();
  await Promise.all(servers.map((server) => server.stop()));
});

describe('what the R client sends', () => {
  it.each(R_CALLS)('$call', async ({ method, path, query, body, binds }) => {
    const target = `/api/2.0/mlflow/${path}`;
    const question = {
      ...{ method, path: query === undefined ? target : `${target}?${query}` },
      ...(body === undefined ? {} : { body }),
      headers: { 'user-agent': R_AGENT, accept: 'application/json, text/xml, */*' },
    };
    const answers = await pair.ask(question);
    if (binds !== undefined) {
      pair.bind(binds.name, binds.kind, answers, (json) => at(json, ...binds.at.split('.')));
    }
    exchanges.push({ method, path: target, status: answers.ours.status, userAgent: R_AGENT });
    compare(pair, question, answers);
  });

  it('uses the operations that are listed', async () => {
    const coverage = coverageOf(await readOperations(), { client: 'R, on the wire', exchanges });
    expect(await settleUsedOperations('r-wire', coverage, WRITE)).toBe(true);
  });
});

describe('what curl sends', () => {
  it.each(CURL_CALLS)('$about', async ({ about: _, ...question }) => {
    compare(pair, question, await pair.ask(question));
  });
});
