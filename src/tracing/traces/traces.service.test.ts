import { beforeAll, expect, it } from 'vitest';
import type { Database } from '../../platform/db/database.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { BY_TESTER } from '../../testing/tester.js';
import { newTraceId, tracingOn } from '../testing/tracing-on.js';

forEachDatabase((open) => {
  let database: Database;
  let on: ReturnType<typeof tracingOn>;
  let experiment: string;

  beforeAll(async () => {
    database = await open();
    on = tracingOn(database);
    experiment = await on.experiment();
  });

  it('starts a trace and tells where its artifacts lie', async () => {
    const { trace_id } = await on.start(experiment, {
      duration: 1_234,
      requestPreview: 'in',
      clientRequestId: 'c',
      tags: new Map([['mlflow.traceName', 'n']]),
      metadata: new Map([['mlflow.trace.session', 's']]),
    });
    expect(await on.show(trace_id)).toMatchObject({
      client_request_id: 'c',
      request_time: '1970-01-01T00:00:01Z',
      execution_duration: '1.234s',
      state: 'OK',
      request_preview: 'in',
      tags: {
        'mlflow.traceName': 'n',
        'mlflow.artifactLocation': `mlflow-artifacts:/${experiment}/traces/${trace_id}/artifacts`,
      },
      trace_metadata: { 'mlflow.trace.session': 's', 'mlflow.trace.infoFinalized': 'true' },
    });
  });

  it('merges what comes again: scalars are replaced, maps and numbers grow', async () => {
    const usage = (text: string) => new Map([['mlflow.trace.tokenUsage', text]]);
    const { trace_id } = await on.start(experiment, {
      duration: 5,
      requestPreview: 'kept',
      tags: new Map([['a', '1']]),
      metadata: usage('{"input_tokens":5,"foo":1,"total_tokens":"x"}'),
    });
    await on.start(experiment, {
      traceId: trace_id,
      state: 'ERROR',
      tags: new Map([
        ['b', '2'],
        ['mlflow.artifactLocation', '/etc'],
      ]),
      metadata: usage('{"output_tokens":7.0}'),
    });
    const shown = await on.show(trace_id);
    expect(shown).toMatchObject({
      state: 'ERROR',
      request_preview: 'kept',
      tags: { a: '1', b: '2' },
      trace_metadata: { 'mlflow.trace.tokenUsage': '{"input_tokens": 5, "output_tokens": 7}' },
    });
    expect(shown.tags['mlflow.artifactLocation']).toMatch(/^mlflow-artifacts:/);
    expect(shown.execution_duration).toBeUndefined();
    const numbers = await database.read.all({
      sql:
        'select m.key, m.value from trace_metrics m join traces t on t.id = m.trace ' +
        'where t.trace_id = ? order by m.key',
      bindings: [trace_id],
    });
    expect(numbers).toEqual([
      { key: 'input_tokens', value: 5 },
      { key: 'output_tokens', value: 7 },
    ]);
  });

  it('makes one trace of two that come at once', async () => {
    const traceId = newTraceId();
    const tags = ['a', 'b', 'c', 'd'];
    await Promise.all(
      tags.map((tag) => on.start(experiment, { traceId, tags: new Map([[tag, '1']]) })),
    );
    expect(Object.keys((await on.show(traceId)).tags)).toEqual(expect.arrayContaining(tags));
  });

  it('refuses ids that could name another place, and stores nothing of a refused trace', async () => {
    for (const traceId of ['', '../x', 'a/b', 'a b', '.', 'x'.repeat(251)]) {
      await expect(on.start(experiment, { traceId })).rejects.toMatchObject({ status: 400 });
    }
    const traceId = newTraceId();
    const assessments = [{ assessment_name: 5 }];
    await expect(on.start(experiment, { traceId, assessments })).rejects.toThrow();
    await expect(on.show(traceId)).rejects.toThrow();
  });

  it('refuses names, sessions and keys that are too long, and experiments that are gone', async () => {
    const map = (key: string, value: string) => new Map([[key, value]]);
    const long = [
      { tags: map('mlflow.traceName', 'x'.repeat(4_097)) },
      { tags: map('x'.repeat(251), '') },
      { metadata: map('mlflow.trace.session', 'x'.repeat(251)) },
      { metadata: map('x'.repeat(251), '') },
    ];
    for (const wish of long) {
      await expect(on.start(experiment, wish)).rejects.toMatchObject({ status: 400 });
    }
    await expect(on.start('999')).rejects.toMatchObject({ status: 404 });
    const gone = await on.experiment();
    await on.experiments.delete(gone, BY_TESTER);
    await expect(on.start(gone)).rejects.toMatchObject({ status: 400 });
  });

  it('starts and ends a trace in two steps', async () => {
    const { trace_id } = await on.traces.startV2({
      experimentId: experiment,
      timestamp: 100,
      tags: new Map([['a', '1']]),
      metadata: new Map(),
    });
    expect(trace_id).toMatch(/^[0-9a-f]{32}$/);
    expect(await on.show(trace_id)).toMatchObject({ state: 'IN_PROGRESS', tags: { a: '1' } });
    const end = { state: 'OK', tags: new Map([['a', '2']]), metadata: new Map() } as const;
    await on.traces.endV2(trace_id, { ...end, timestamp: 1_600 });
    expect(await on.show(trace_id)).toMatchObject({
      state: 'OK',
      execution_duration: '1.500s',
      tags: { a: '2' },
    });
    await expect(on.traces.endV2('none', { ...end, timestamp: 1 })).rejects.toMatchObject({
      status: 404,
    });
    await expect(on.traces.endV2(trace_id, { ...end, timestamp: 2n ** 62n })).rejects.toMatchObject(
      { status: 400 },
    );
  });

  it('sets and deletes tags, but not its own', async () => {
    const { trace_id } = await on.start(experiment);
    await on.traces.setTag(trace_id, 'a', 'x'.repeat(9_000));
    expect((await on.show(trace_id)).tags.a).toHaveLength(8_000);
    await on.traces.deleteTag(trace_id, 'a');
    expect((await on.show(trace_id)).tags.a).toBeUndefined();
    const own = 'mlflow.trace.spansLocation';
    for (const refused of [
      () => on.traces.setTag(trace_id, own, 'x'),
      () => on.traces.deleteTag(trace_id, own),
      () => on.traces.setTag(trace_id, 'a//b', 'x'),
    ]) {
      await expect(refused()).rejects.toMatchObject({ code: 'INVALID_PARAMETER_VALUE' });
    }
    for (const missing of [
      () => on.traces.setTag('none', 'a', 'x'),
      () => on.traces.deleteTag('none', 'a'),
      () => on.traces.deleteTag(trace_id, 'a'),
    ]) {
      await expect(missing()).rejects.toMatchObject({ status: 404 });
    }
  });

  it('links traces to runs and prompts, each once', async () => {
    const { trace_id } = await on.start(experiment);
    await on.traces.linkToRun('run', [trace_id, trace_id, 'other']);
    await on.traces.linkToRun('run', [trace_id]);
    const prompt = { name: 'p', version: '1' };
    await on.traces.linkPrompts(trace_id, [prompt, prompt]);
    await expect(on.traces.linkPrompts('none', [prompt])).rejects.toMatchObject({ status: 404 });
    const rows = await database.read.all({
      sql:
        'select trace_id from trace_run_links where run_id = ? union all ' +
        'select trace_id from trace_prompt_links where name = ?',
      bindings: ['run', 'p'],
    });
    expect(rows).toHaveLength(3);
  });

  it('deletes by id and by time, the oldest first, in one experiment', async () => {
    const own = await on.experiment();
    const ids = [];
    for (const timestamp of [30, 10, 20, 40]) {
      ids.push((await on.start(own, { timestamp })).trace_id);
    }
    const id = Number(own);
    expect(await on.traces.delete(id + 1_000, { ids }, BY_TESTER)).toBe(0);
    expect(await on.traces.delete(id, { until: 30, most: 1 }, BY_TESTER)).toBe(1);
    await expect(on.show(ids[1] ?? '')).rejects.toThrow();
    expect(await on.traces.delete(id, { until: 30, most: undefined }, BY_TESTER)).toBe(2);
    expect(await on.traces.delete(id, { ids: [...ids, 'none'] }, BY_TESTER)).toBe(1);
  });
});
