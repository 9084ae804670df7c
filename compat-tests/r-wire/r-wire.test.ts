import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readOperations } from '../contract.js';
import { coverageOf } from '../coverage.js';
import { compare, reportDifferences } from '../differential/support/compare.js';
import { at, Pair } from '../differential/support/pair.js';
import type { Exchange } from '../proxy/recording-proxy.js';
import { type RunningServer, startRunledger, startStockServer } from '../servers.js';
import { settleUsedOperations, WRITE } from '../used-operations.js';
import { CURL_CALLS } from './curl.js';
import { R_AGENT, R_CALLS, type RCall } from './r-client.js';
import { TYPESCRIPT_CALLS } from './typescript-tracing.js';

const servers: RunningServer[] = [];
const exchanges: Exchange[] = [];
let pair: Pair;

beforeAll(async () => {
  servers.push(...(await Promise.all([startStockServer(), startRunledger()])));
  const [stock, ours] = servers.map(({ url }) => url);
  pair = new Pair({ stock: stock ?? '', ours: ours ?? '' });
});
afterAll(async () => {
  reportDifferences();
  await Promise.all(servers.map((server) => server.stop()));
});

/** Asks both servers, and takes down the exchange with ours. */
async function tell({ method, path, query, body, binds }: RCall, userAgent: string) {
  const target = path.startsWith('/') ? path : `/api/2.0/mlflow/${path}`;
  const question = {
    ...{ method, path: query === undefined ? target : `${target}?${query}` },
    ...(body === undefined ? {} : { body }),
    headers: { 'user-agent': userAgent, accept: 'application/json, text/xml, */*' },
  };
  const answers = await pair.ask(question);
  if (binds !== undefined) {
    pair.bind(binds.name, binds.kind, answers, (json) => at(json, ...binds.at.split('.')));
  }
  exchanges.push({ method, path: target, status: answers.ours.status, userAgent });
  compare(pair, question, answers);
}

describe('what the R client sends', () => {
  it.each(R_CALLS)('$call', (call) => tell(call, R_AGENT));
});

describe("what MLflow's tracing client of TypeScript sends", () => {
  it.each(TYPESCRIPT_CALLS)('$call', (call) => tell(call, 'node'));
});

describe('the operations that they use', () => {
  it('are listed', async () => {
    const traffic = { client: 'R and TypeScript tracing, on the wire', exchanges };
    const coverage = coverageOf(await readOperations(), traffic);
    expect(await settleUsedOperations('r-wire', coverage, WRITE)).toBe(true);
  });
});

describe('what curl sends', () => {
  it.each(CURL_CALLS)('$about', async ({ about: _, ...question }) => {
    compare(pair, question, await pair.ask(question));
  });
});
