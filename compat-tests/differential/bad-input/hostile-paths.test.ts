import { beforeAll, describe, expect, inject, it } from 'vitest';
import { seededRandom } from '../../../src/platform/filter/testing/random.js';
import { ask, type Question } from '../support/ask.js';
import { at } from '../support/pair.js';
import type { Samples } from './contract-cases.js';
import { expectSafe } from './rules.js';
import { makeSamples } from './samples.js';

const { ours } = inject('urls');

let samples: Samples = {};
beforeAll(async () => {
  samples = await makeSamples(ours);
});

const CLIMBS = [
  '../x',
  '../../../../etc/passwd',
  'a/../../x',
  '..',
  '/etc/passwd',
  'a/..',
  '..\\x',
];
const OTHERS = [
  ...[
    'file:///etc/passwd',
    'C:\\x',
    'C:/x',
    '//h/x',
    'a\0b',
    'a#b',
    'a?b',
    '.',
    './a',
    'a//b',
    '~/x',
  ],
  ...[
    'con',
    'a'.repeat(300),
    'a/'.repeat(300),
    '\u202e',
    '😀',
    'a;b',
    'a\nb',
    '%',
    '%zz',
    '%c0%ae%c0%ae/x',
  ],
];
const ENCODINGS: readonly ((path: string) => string)[] = [
  encodeURIComponent,
  (path) => path.split('/').map(encodeURIComponent).join('/'),
  (path) => encodeURIComponent(encodeURIComponent(path)),
  (path) => path.replaceAll('.', '%2e').replaceAll('/', '%2F').replaceAll('\0', '%00'),
  (path) => path.replaceAll('.', '%252e').replaceAll('\0', '%2500'),
  (path) => path.replaceAll('..', '%c0%ae%c0%ae').replaceAll('\0', '%c0%80'),
  (path) => path.replaceAll('..', '%uff0e%uff0e').replaceAll('\0', ''),
];

/** Whatever can be written in the line of a request. */
const spelled = (paths: readonly string[]): string[] => [
  ...new Set(
    paths
      .flatMap((path) => ENCODINGS.map((encode) => encode(path)))
      .filter((path) => /^[!-~]*$/.test(path)),
  ),
];

const targets = (path: string): Question[] => {
  const { run_id, model_id, name } = samples;
  const asQuery = path.replaceAll('#', '%23').replaceAll('&', '%26');
  const proxy = `/api/2.0/mlflow-artifacts/artifacts/${path}`;
  return [
    { method: 'GET', path: proxy },
    { method: 'PUT', path: proxy, body: 'x', headers: { 'content-type': 'text/plain' } },
    { method: 'DELETE', path: proxy },
    { method: 'GET', path: `/api/2.0/mlflow-artifacts/artifacts?path=${asQuery}` },
    { method: 'GET', path: `/api/2.0/mlflow/artifacts/list?run_id=${run_id}&path=${asQuery}` },
    { method: 'GET', path: `/get-artifact?run_id=${run_id}&path=${asQuery}` },
    {
      method: 'GET',
      path: `/model-versions/get-artifact?name=${encodeURIComponent(String(name))}&version=1&path=${asQuery}`,
    },
    {
      method: 'GET',
      path: `/api/2.0/mlflow/logged-models/${model_id}/artifacts/directories?artifact_directory_path=${asQuery}`,
    },
    {
      method: 'GET',
      path: `/ajax-api/2.0/mlflow/logged-models/${model_id}/artifacts/files?artifact_file_path=${asQuery}`,
    },
    {
      ...{
        method: 'POST',
        path: `/ajax-api/2.0/mlflow/upload-artifact?run_uuid=${run_id}&path=${asQuery}`,
      },
      ...{ body: 'x', headers: { 'content-type': 'text/plain' } },
    },
    { method: 'POST', path: `/api/2.0/mlflow-artifacts/mpu/create/${path}`, body: { path: 'x' } },
  ];
};

describe('paths of files', () => {
  it.each(spelled(CLIMBS))('climbing: %s', async (path) => {
    const safe = targets(path);
    await expectSafe(ours, safe, ({ text }) => !/root:|\[extensions\]/.test(text));
  });
  it.each(spelled(OTHERS))('odd: %s', async (path) => {
    await expectSafe(ours, targets(path));
  });
  it('the folder of all files can not be removed', async () => {
    const file = '/api/2.0/mlflow-artifacts/artifacts/keep/me.txt';
    const body = { body: 'x', headers: { 'content-type': 'text/plain' } };
    await ask(ours, { method: 'PUT', path: file, ...body });
    for (const path of ['', '/', '/.', '/./', '/%2e', '/keep/..', '/keep/%2e%2e']) {
      await ask(ours, { method: 'DELETE', path: `/api/2.0/mlflow-artifacts/artifacts${path}` });
    }
    expect((await ask(ours, { method: 'GET', path: file })).text).toBe('x');
  });
});

describe('page tokens', () => {
  const random = seededRandom(7);
  const bytes = (count: number) =>
    Buffer.from(Array.from({ length: count }, () => random.int(256)));
  const json = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const TOKENS = [
    ...Array.from({ length: 60 }, (_, index) => bytes(index).toString('base64')),
    ...Array.from({ length: 40 }, (_, index) => bytes(index).toString('latin1')),
    ...['a'.repeat(5_000), json(null), json(5), json([]), json({ v: 1 }), json({ offset: 1 })],
    ...[
      json({ v: 1, q: {}, n: 0 }),
      json({ v: 1, q: {}, n: -1, k: [] }),
      json({ v: 9, q: [], n: 0 }),
    ],
    ...[
      json({ v: 1, q: { filter: 'x' }, n: 1, k: [['NaN']] }),
      json('x'.repeat(3_000)),
      '=',
      '\u202e',
    ],
  ];

  it.each([...['runs/search', 'experiments/search', 'logged-models/search']])(
    'POST %s',
    async (path) => {
      const { experiment_ids } = samples;
      const questions = [...TOKENS, ...(await changed(path))].map((page_token) => ({
        ...{ method: 'POST', path: `/api/2.0/mlflow/${path}` },
        body: { experiment_ids, max_results: 1, page_token },
      }));
      await expectSafe(ours, questions, ({ status }) => status === 400 || status === 200);
    },
  );

  it.each([...['registered-models/search', 'model-versions/search', 'metrics/get-history']])(
    'GET %s',
    async (path) => {
      const questions = TOKENS.map((token) => {
        const fields = { max_results: '1', run_id: String(samples.run_id), metric_key: 'm' };
        const query = new URLSearchParams({ ...fields, page_token: token });
        return { method: 'GET', path: `/api/2.0/mlflow/${path}?${query}` };
      });
      await expectSafe(ours, questions, ({ status }) => status === 400 || status === 200);
    },
  );

  /** Tokens that were right before one of their bytes was changed. */
  async function changed(path: string): Promise<string[]> {
    const experiment_ids = inject('bindings').ea?.ours ?? '1';
    const body = { experiment_ids: [experiment_ids], max_results: 1 };
    const answer = await ask(ours, { method: 'POST', path: `/api/2.0/mlflow/${path}`, body });
    const token = String(at(answer.json, 'next_page_token') ?? '');
    return Array.from({ length: 40 }, () => {
      const at = random.int(token.length);
      return token.slice(0, at) + random.pick(['A', '_', 'z', '0', '']) + token.slice(at + 1);
    });
  }
});
