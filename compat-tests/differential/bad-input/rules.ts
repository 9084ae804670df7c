import { expect } from 'vitest';
import { type Answer, ask, type Question } from '../support/ask.js';
import { at } from '../support/pair.js';

/** What shows how the server is built: stack frames, SQL, drivers, its folders. */
const INTERNALS =
  /\bat \S+ \(|node:internal|node_modules|\/dist\/|\.[jt]s:\d|\b(?:SELECT|INSERT INTO|UPDATE) .* (?:FROM|VALUES|SET)\b|SQLITE_|better-sqlite|knex|pg_catalog|TypeError|\/(?:tmp|home|root|var|work)\//;

/** What is wrong with an answer to a hostile request; nothing if it keeps the rules. */
export function faultOf({ status, headers, text, json }: Answer): string | undefined {
  if (status >= 500 && status !== 501) return `answers ${status}`;
  if (status < 400) return undefined;
  if (!headers['content-type']?.startsWith('application/json')) return `${status} is not JSON`;
  const [code, message] = [at(json, 'error_code'), at(json, 'message')];
  if (typeof code !== 'string' || typeof message !== 'string') return `${status} has no message`;
  if (status === 501 && code !== 'NOT_IMPLEMENTED') return `501 ${code}`;
  if (INTERNALS.test(message)) return 'shows internals';
  if (message.length > 20_000 || text.length > 40_000) return 'repeats all of a long value';
  return undefined;
}

/**
 * Asks each question, and checks each answer and that the server is well afterwards.
 *
 * @param isAllowed what else an answer must be
 */
export async function expectSafe(
  url: string,
  questions: readonly Question[],
  isAllowed: (answer: Answer) => boolean = () => true,
): Promise<void> {
  const faults: string[] = [];
  for (const question of questions) {
    const answer = await ask(url, question);
    const fault = faultOf(answer) ?? (isAllowed(answer) ? undefined : `answers ${answer.status}`);
    if (fault !== undefined) {
      const shown = `${question.method} ${question.path} ${JSON.stringify(question.body) ?? ''}`;
      faults.push(`${shown.slice(0, 300)}\n    ${fault}: ${answer.text.slice(0, 300)}`);
    }
  }
  expect(faults.join('\n')).toBe('');
  await expectHealthy(url);
}

export async function expectHealthy(url: string): Promise<void> {
  const { status, text } = await ask(url, { method: 'GET', path: '/health' });
  expect([status, text]).toEqual([200, 'OK']);
}

const API = '/api/2.0/mlflow';

/** Everything that is stored, as far as searches show it. */
export async function snapshot(url: string): Promise<string> {
  const listed = await ask(url, {
    ...{ method: 'POST', path: `${API}/experiments/search` },
    body: { max_results: 50_000, view_type: 'ALL', order_by: ['experiment_id'] },
  });
  const experiments = at(listed.json, 'experiments') as { experiment_id: string }[];
  const experiment_ids = experiments.map(({ experiment_id }) => experiment_id);
  const searches: Question[] = [
    {
      ...{ method: 'POST', path: `${API}/runs/search` },
      body: { experiment_ids, max_results: 50_000, run_view_type: 'ALL', order_by: ['run_id'] },
    },
    {
      ...{ method: 'POST', path: `${API}/logged-models/search` },
      body: { experiment_ids, max_results: 50_000 },
    },
    { method: 'GET', path: `${API}/registered-models/search?max_results=1000` },
    { method: 'GET', path: `${API}/model-versions/search?max_results=10000` },
  ];
  const answers = await Promise.all(searches.map((question) => ask(url, question)));
  return [listed, ...answers].map(({ text }) => text).join('\n');
}
