import { type Random, seededRandom } from '../../../src/platform/filter/testing/random.js';
import type { Pair } from '../support/pair.js';
import { KEYS, TEXTS } from './values.js';

const SEED = 20_260_202;
export const TRACE_COUNT = 48;
const TRACES = '/api/3.0/mlflow/traces';
const START = 1_600_000_000_000;
const EXPERIMENTS = ['ea', 'eb', 'ec'] as const;

const hex = (index: number, digits: number): string => index.toString(16).padStart(digits, '0');
const NAMES = TEXTS.filter((text) => text !== '' && !/[\n"\\]/.test(text));

/**
 * Traces `t0` to `t47`: of each three one is told by its info alone, one by its spans, one by
 * both. Their ids are ours to choose, so both servers have the same.
 */
export async function seedTraces(pair: Pair): Promise<void> {
  const random = seededRandom(SEED);
  for (let index = 0; index < TRACE_COUNT; index += 1) await seedTrace(pair, random, index);
  await pair.must('POST', '/api/2.0/mlflow/traces/link-to-run', {
    ...{ run_id: '@{r1}', trace_ids: ['tr-@{t1}', 'tr-@{t2}', 'tr-@{t3}'] },
  });
}

async function seedTrace(pair: Pair, random: Random, index: number): Promise<void> {
  const id = hex(index + 1, 32);
  pair.bindings[`t${index}`] = { kind: 'id', stock: id, ours: id };
  const experiment = EXPERIMENTS[random.int(3)] ?? 'ea';
  if (index % 3 > 0) {
    const headers = { 'x-mlflow-experiment-id': `@{${experiment}}` };
    await pair.must('POST', '/v1/traces', spansOf(random, index), headers);
  }
  if (index % 3 !== 1) {
    await pair.must('POST', TRACES, { trace: { trace_info: infoOf(random, index, experiment) } });
  }
  for (const assessment of assessmentsOf(random, index)) {
    await pair.must('POST', `${TRACES}/tr-@{t${index}}/assessments`, { assessment });
  }
}

const time = (index: number): number => START + ((index * 37) % 97) * 1_000;

function infoOf(random: Random, index: number, experiment: string) {
  const map = (chance: number) =>
    Object.fromEntries(
      KEYS.filter(() => random.chance(chance)).map((key) => [key, random.pick(TEXTS)]),
    );
  return {
    trace_id: `tr-@{t${index}}`,
    trace_location: {
      type: 'MLFLOW_EXPERIMENT',
      mlflow_experiment: { experiment_id: `@{${experiment}}` },
    },
    request_time: new Date(time(index)).toISOString(),
    ...(random.chance(0.8) ? { execution_duration: `${random.pick([0, 0.5, 1, 1.5, 100])}s` } : {}),
    state: random.pick(['OK', 'ERROR', 'IN_PROGRESS', 'STATE_UNSPECIFIED']),
    ...(random.chance(0.5) ? { client_request_id: random.pick(NAMES) } : {}),
    ...(random.chance(0.5) ? { request_preview: 'asked', response_preview: 'answered' } : {}),
    tags: {
      ...map(0.3),
      ...(random.chance(0.6) ? { 'mlflow.traceName': random.pick(NAMES) } : {}),
    },
    trace_metadata: {
      ...map(0.3),
      ...(random.chance(0.4) ? { 'mlflow.trace.session': random.pick(['s1', 's2', 'a']) } : {}),
      ...(random.chance(0.4) ? { 'mlflow.sourceRun': random.pick(['@{r1}', '@{r2}', 'a']) } : {}),
      ...(random.chance(0.3)
        ? {
            'mlflow.trace.tokenUsage': '{"input_tokens": 1, "output_tokens": 2, "total_tokens": 3}',
          }
        : {}),
    },
  };
}

function spansOf(random: Random, index: number) {
  const start = time(index);
  const span = (number: number, parent: number | undefined) => ({
    traceId: hex(index + 1, 32),
    spanId: hex(index * 10 + number, 16),
    ...(parent === undefined ? {} : { parentSpanId: hex(index * 10 + parent, 16) }),
    name: random.pick(NAMES),
    kind: 1,
    startTimeUnixNano: `${start + (number - 1) * 5}000000`,
    endTimeUnixNano: `${start + number * 100}000000`,
    attributes: [
      { key: 'mlflow.spanType', value: { stringValue: random.pick(['LLM', 'TOOL', 'AGENT']) } },
      ...['a', 'model', 'a.b.c']
        .filter(() => random.chance(0.5))
        .map((key) => ({ key, value: { stringValue: random.pick(NAMES) } })),
      ...(random.chance(0.5)
        ? [{ key: 'mlflow.llm.model', value: { stringValue: random.pick(['gpt', 'claude']) } }]
        : []),
    ],
    status: { code: random.int(3) },
  });
  const count = 1 + random.int(3);
  const spans = Array.from({ length: count }, (_, at) => span(at + 1, at === 0 ? undefined : 1));
  return { resourceSpans: [{ scopeSpans: [{ scope: { name: 'seed' }, spans }] }] };
}

const VALUES = [
  ...[true, false, 'yes', 'no', 'a', 'A', '1', 'é', '日本', 0, 1, 0.5, 0.7, -1, 100, null],
  ...[['a', 1], { a: 'b' }],
] as const;

function assessmentsOf(random: Random, index: number) {
  const base = (name: string) => ({
    assessment_id: `as-${index}-${name}`,
    assessment_name: name,
    source: { source_type: random.pick(['HUMAN', 'CODE', 'LLM_JUDGE']), source_id: 's' },
    create_time: '2024-01-01T00:00:00.500Z',
    last_update_time: '2024-01-01T00:00:00Z',
  });
  const feedback = ['q', 'a', 'a b']
    .filter(() => random.chance(0.4))
    .map((name) => ({
      ...base(name),
      feedback: { value: random.pick(VALUES) },
      ...(random.chance(0.3) ? { metadata: { 'mlflow.trace.session': 's1' } } : {}),
    }));
  const [first] = feedback;
  const over = { ...base('over'), feedback: { value: 'a' }, overrides: first?.assessment_id };
  return [
    ...feedback,
    ...(first !== undefined && random.chance(0.3) ? [over] : []),
    ...(random.chance(0.4)
      ? [{ ...base('e'), expectation: { value: random.pick(VALUES.filter((v) => v !== null)) } }]
      : []),
    ...(random.chance(0.2) ? [{ ...base('iss-1'), issue: { issue_name: 'slow' } }] : []),
  ];
}
