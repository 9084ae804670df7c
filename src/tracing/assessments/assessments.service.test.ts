import { beforeAll, expect, it } from 'vitest';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { BY_TESTER } from '../../testing/tester.js';
import { type Tracking, trackingOn } from '../../tracking/testing/tracking-on.js';
import { startTrace } from '../testing/start-trace.js';
import {
  readAssessment,
  readExpectation,
  readFeedback,
  type WireAssessment,
} from './assessments.js';
import { assessmentToWire } from './assessments.wire.js';

forEachDatabase((open) => {
  let t: Tracking;
  beforeAll(async () => {
    t = trackingOn(await open());
  });

  const create = async (traceId: string, wire: Partial<WireAssessment>) =>
    assessmentToWire(await t.assessments.create(traceId, readAssessment(wire as WireAssessment)));
  const show = async (traceId: string, id: string) =>
    assessmentToWire(await t.assessments.get(t.database.read, traceId, id));
  const isValid = async (traceId: string, id: string) => (await show(traceId, id)).valid;

  it('creates and shows feedback, expectations and issues', async () => {
    const trace = await startTrace(t);
    const made = await create(trace, {
      assessment_name: 'q',
      source: { source_type: 'HUMAN', source_id: 'bob' },
      feedback: { value: { a: 1 }, error: { error_code: 'E' } },
      rationale: 'r',
      metadata: { a: 'b' },
      span_id: 's',
    });
    expect(made).toEqual({
      assessment_id: expect.stringMatching(/^a-[0-9a-f]{32}$/),
      assessment_name: 'q',
      trace_id: trace,
      span_id: 's',
      source: { source_type: 'HUMAN', source_id: 'bob' },
      create_time: expect.stringMatching(/^1970-01-01T00:00:01\.\d{3}Z$/),
      last_update_time: made.create_time,
      feedback: { value: { a: 1 }, error: { error_code: 'E' } },
      rationale: 'r',
      metadata: { a: 'b' },
      valid: true,
    });
    expect(await show(trace, made.assessment_id)).toEqual(made);
    expect(await create(trace, { expectation: { value: 5 } })).toMatchObject({
      source: { source_type: 'SOURCE_TYPE_UNSPECIFIED' },
      expectation: { value: 5 },
    });
    expect(await create(trace, { expectation: { value: [5] } })).toMatchObject({
      expectation: { serialized_value: { serialization_format: 'JSON_FORMAT', value: '[5.0]' } },
    });
    expect(await create(trace, { issue: { issue_name: 'slow' } })).toMatchObject({
      issue: { issue_name: 'slow' },
    });
    const row = await t.traceStore.find(t.database.read, trace);
    const lists = await t.assessments.ofTraces(t.database.read, [row?.id ?? 0, -1]);
    expect(lists.size).toBe(1);
    expect(lists.get(row?.id ?? 0)).toHaveLength(4);
    expect(lists.get(row?.id ?? 0)?.[0]).toEqual(made);
    expect((await t.assessments.ofTraces(t.database.read, [])).size).toBe(0);
  });

  it('names what is missing', async () => {
    const trace = await startTrace(t);
    const { assessment_id } = await create(trace, { feedback: {} });
    await expect(create('tr-none', { feedback: {} })).rejects.toThrow(
      "Trace with ID 'tr-none' not found.",
    );
    await expect(show('tr-none', assessment_id)).rejects.toThrow(
      "Trace with request_id 'tr-none' not found",
    );
    await expect(t.assessments.update(trace, 'a-none', {})).rejects.toMatchObject({
      code: 'RESOURCE_DOES_NOT_EXIST',
      message: `Assessment with ID 'a-none' not found for trace '${trace}'`,
    });
    await t.assessments.delete('tr-none', assessment_id);
    await t.assessments.delete(await startTrace(t), assessment_id);
    expect(await isValid(trace, assessment_id)).toBe(true);
  });

  it('overrides: the old one counts no more, until the new one goes', async () => {
    const trace = await startTrace(t);
    const { assessment_id: old } = await create(trace, { feedback: { value: 1 } });
    const { assessment_id } = await create(trace, { feedback: { value: 2 }, overrides: old });
    expect(await isValid(trace, old)).toBe(false);
    await t.assessments.delete(trace, assessment_id);
    expect(await isValid(trace, old)).toBe(true);
    const other = await startTrace(t);
    await expect(create(other, { feedback: {}, overrides: old })).rejects.toThrow(
      `Assessment with ID '${old}' not found for trace '${other}'`,
    );
    expect(await isValid(trace, old)).toBe(true);
  });

  it('takes ids and times of the client, an id once', async () => {
    const trace = await startTrace(t);
    const wire = { assessment_id: 'mine', feedback: {}, create_time: '2020-01-01T00:00:00Z' };
    expect(await create(trace, wire)).toMatchObject({ create_time: '2020-01-01T00:00:00Z' });
    await expect(create(trace, wire)).rejects.toMatchObject({ code: 'INVALID_PARAMETER_VALUE' });
  });

  it('updates what is named, and adds metadata', async () => {
    const trace = await startTrace(t);
    const { assessment_id: id } = await create(trace, {
      assessment_name: 'q',
      feedback: { value: true },
      rationale: 'r',
      metadata: { a: '1', b: '2' },
    });
    const first = await show(trace, id);
    const metadata = new Map([['b', '3']]);
    await t.assessments.update(trace, id, { name: 'p', metadata });
    const changed = await show(trace, id);
    expect(changed).toEqual({
      ...first,
      assessment_name: 'p',
      metadata: { a: '1', b: '3' },
      last_update_time: expect.any(String),
    });
    expect(changed.last_update_time).not.toBe(first.last_update_time);
    await t.assessments.update(trace, id, { statement: readFeedback({ value: 'no' }) });
    expect(await show(trace, id)).toMatchObject({ feedback: { value: 'no' }, rationale: 'r' });
    await expect(
      t.assessments.update(trace, id, { statement: readExpectation({ value: 1 }) }),
    ).rejects.toThrow('Cannot update expectation value on a Feedback assessment.');
    const { assessment_id: expected } = await create(trace, { expectation: { value: 1 } });
    await expect(
      t.assessments.update(trace, expected, { statement: readFeedback({}) }),
    ).rejects.toThrow('Cannot update feedback value on an Expectation assessment.');
    await t.assessments.update(trace, expected, { rationale: 'none' });
    expect(await show(trace, expected)).not.toHaveProperty('rationale');
  });

  it('comes with a trace, and again with its repetition', async () => {
    const trace = await startTrace(t);
    const post = (...assessments: unknown[]) =>
      t.database.write(async (tx) => {
        const row = await t.traceStore.lock(tx, trace);
        await t.assessments.insertAll(tx, row?.id ?? 0, assessments);
      });
    await post({ assessment_id: 'twice', feedback: { value: 1 } }, { feedback: { value: 2 } });
    await post({ assessment_id: 'twice', feedback: { value: 3 } });
    expect(await show(trace, 'twice')).toMatchObject({ feedback: { value: 3 } });
    await post();
    await expect(post({ feedback: { value: 4 } }, {})).rejects.toThrow('Unknown assessment type');
    const row = await t.traceStore.find(t.database.read, trace);
    const lists = await t.assessments.ofTraces(t.database.read, [row?.id ?? 0]);
    expect(lists.get(row?.id ?? 0)).toHaveLength(2);
    const other = await startTrace(t);
    const stolen = t.database.write(async (tx) => {
      const key = (await t.traceStore.lock(tx, other))?.id ?? 0;
      await t.assessments.insertAll(tx, key, [{ assessment_id: 'twice', feedback: {} }]);
    });
    await expect(stolen).rejects.toThrow('exists already');
  });

  it('goes with the run that has made it, and with its trace', async () => {
    const experiment = await t.experiment();
    const run = await t.run(experiment);
    const trace = await startTrace(t, { experimentId: experiment });
    const metadata = { 'mlflow.assessment.sourceRunId': run };
    const { assessment_id: ofRun } = await create(trace, { feedback: {}, metadata });
    const { assessment_id: later } = await create(trace, { feedback: {} });
    const { assessment_id: stays } = await create(trace, { feedback: {} });
    await t.assessments.update(trace, later, { metadata: new Map(Object.entries(metadata)) });
    await t.runs.delete(run, BY_TESTER);
    for (const gone of [ofRun, later]) {
      await expect(show(trace, gone)).rejects.toThrow('not found');
    }
    expect(await isValid(trace, stays)).toBe(true);
    await t.traces.delete(Number(experiment), { ids: [trace] }, BY_TESTER);
    await expect(show(trace, stays)).rejects.toThrow('Trace with request_id');
  });
});
