import { describe, expect, inject, it } from 'vitest';
import type { Answer, Question } from '../support/ask.js';
import { Pair, SIDES } from '../support/pair.js';

const pair = new Pair(inject('urls'), inject('bindings'));
const GET = '/api/2.0/mlflow/experiments/get?experiment_id=0';
const CREATE = '/api/2.0/mlflow/runs/create';
const LOCAL = { Origin: 'http://localhost:3000' };
const FOREIGN = { Origin: 'https://evil.example' };

const preflight = (path: string, headers: Record<string, string>): Question => ({
  ...{ method: 'OPTIONS', path },
  headers: { 'Access-Control-Request-Method': 'POST', ...headers },
});

/** What of the headers of an answer means something to a browser or a client. */
function shown({ status, headers, text }: Answer, about: { text: boolean }) {
  const named = Object.entries(headers)
    .filter(([name]) => /^access-control-/.test(name))
    .toSorted();
  const list = (value = '') => [...new Set(value.split(', '))].toSorted();
  return {
    ...{ status, named, vary: list(headers.vary) },
    ...(about.text ? { text } : {}),
  };
}

async function expectSame(question: Question, about = { text: true }): Promise<void> {
  const answers = await pair.ask(question);
  const [stock, ours] = SIDES.map((side) => shown(answers[side], about));
  expect(ours).toEqual(stock);
}

describe('a preflight', () => {
  it.each([
    LOCAL,
    { ...LOCAL, 'Access-Control-Request-Headers': 'content-type,x-mlflow-workspace' },
    { ...LOCAL, 'Access-Control-Request-Method': 'BREW' },
    { ...LOCAL, 'Access-Control-Request-Private-Network': 'true' },
    { Origin: 'http://127.0.0.1:5000' },
    { Origin: 'http://[::1]:1' },
  ])('with %j', async (headers) => {
    for (const path of [CREATE, '/health', '/nothing', '/graphql']) {
      await expectSame(preflight(path, headers as Record<string, string>));
    }
  });

  it('of a page that may not', async () => {
    const answers = await pair.ask(preflight(CREATE, FOREIGN));
    for (const side of SIDES) {
      const { status, text, headers } = answers[side];
      expect([status, text]).toEqual([400, 'Disallowed CORS origin']);
      expect(headers['access-control-allow-origin']).toBeUndefined();
    }
  });
});

describe('a request of a page', () => {
  it('of this machine', async () => {
    await expectSame({ method: 'GET', path: GET, headers: LOCAL }, { text: false });
    await expectSame({ method: 'OPTIONS', path: CREATE, headers: LOCAL });
  });

  it('of another site', async () => {
    const body = { experiment_id: '0' };
    const change = await pair.ask({ method: 'POST', path: CREATE, headers: FOREIGN, body });
    expect(change.stock.status).toBe(403);
    expect([change.ours.status, change.ours.text]).toEqual([403, change.stock.text]);
    const read = await pair.ask({ method: 'GET', path: GET, headers: FOREIGN });
    for (const side of SIDES) {
      expect(read[side].status).toBe(200);
      expect(read[side].headers['access-control-allow-origin']).toBeUndefined();
    }
  });
});

describe('methods', () => {
  const allowed = ({ headers }: Answer) => (headers.allow ?? '').split(', ').toSorted();

  it.each([CREATE, '/api/2.0/mlflow/experiments/get', '/health', '/get-artifact'])(
    'that %s has are told by OPTIONS',
    async (path) => {
      const answers = await pair.ask({ method: 'OPTIONS', path });
      expect(allowed(answers.ours)).toEqual(allowed(answers.stock));
      expect(answers.ours.text).toBe(answers.stock.text);
    },
  );

  it.each([
    ['PUT', CREATE],
    ['DELETE', '/api/2.0/mlflow/experiments/get'],
    ['GET', '/api/2.0/mlflow/runs/log-batch'],
  ])('that are wrong are refused: %s %s', async (method, path) => {
    const answers = await pair.ask({ method, path });
    expect([answers.ours.status, allowed(answers.ours)]).toEqual([405, allowed(answers.stock)]);
    expect(answers.stock.status).toBe(405);
  });
});

describe('a workspace', () => {
  it.each(['/health', '/nothing', GET, '/graphql', '/api/2.0/mlflow-artifacts/artifacts'])(
    'is refused at %s in the words of stock',
    async (path) => {
      for (const workspace of ['default', 'team-a']) {
        const headers = { 'X-MLFLOW-WORKSPACE': workspace };
        const { stock, ours } = await pair.ask({ method: 'GET', path, headers });
        expect([stock.status, ours.status]).toEqual([500, 400]);
        expect(ours.json).toEqual(stock.json);
      }
    },
  );

  it('that is blank is none, and server-info answers all', async () => {
    const blank = { 'X-MLFLOW-WORKSPACE': ' ' };
    const named = { 'X-MLFLOW-WORKSPACE': 'team-a' };
    for (const [path, headers] of [
      [GET, blank],
      ['/api/3.0/mlflow/server-info', named],
      ['/ajax-api/3.0/mlflow/server-info', named],
    ] as const) {
      const { stock, ours } = await pair.ask({ method: 'GET', path, headers });
      expect([stock.status, ours.status]).toEqual([200, 200]);
    }
  });
});
