import { beforeAll, expect, it } from 'vitest';
import type { Database } from '../../platform/db/database.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import type { TraceInfo } from './traces.js';
import { TraceStore } from './traces.store.js';
import { traceInfoToJson, traceInfoV2ToWire } from './traces.wire.js';

const PLAIN: TraceInfo = {
  trace_id: '',
  experiment_id: 1,
  timestamp_ms: 1_500,
  execution_time_ms: null,
  state: 'OK',
  client_request_id: null,
  request_preview: null,
  response_preview: null,
};

forEachDatabase((open) => {
  let database: Database;
  let store: TraceStore;

  beforeAll(async () => {
    database = await open();
    store = new TraceStore(database);
  });

  const insert = (...traces: Partial<TraceInfo>[]) =>
    database.write(async (tx) => {
      await store.insert(
        tx,
        traces.map((trace) => ({ ...PLAIN, ...trace })),
      );
      const ids = traces.map(({ trace_id = '' }) => trace_id);
      return (await store.lockMany(tx, ids)).map(({ id }) => id);
    });

  it('shows a trace with nothing set, and one with everything', async () => {
    const [one = 0, two = 0] = await insert(
      { trace_id: 'tr-a1' },
      {
        trace_id: 'tr-a2',
        execution_time_ms: 1_500,
        state: 'STATE_UNSPECIFIED',
        client_request_id: 'c',
        request_preview: 'i',
        response_preview: 'o',
      },
    );
    await database.write(async (tx) => {
      await store.setTags(tx, [
        [two, 'b', '"}{ä'],
        [two, 'a', '1'],
      ]);
      await store.setTags(tx, [[two, 'a', '2']]);
      await store.setMetadata(tx, [[two, '__proto__', 'm']]);
    });
    const rows = await store.readMany(database.read, [two, one, 4_711]);
    expect(rows.map(({ trace_id }) => trace_id)).toEqual(['tr-a2', 'tr-a1']);
    const location = { type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id: '1' } };
    expect(
      rows.map((row) => JSON.parse(traceInfoToJson(row, row.id === two ? [{ x: 1 }] : []))),
    ).toEqual([
      {
        trace_id: 'tr-a2',
        client_request_id: 'c',
        trace_location: location,
        request_preview: 'i',
        response_preview: 'o',
        request_time: '1970-01-01T00:00:01.500Z',
        execution_duration: '1.500s',
        state: 'STATE_UNSPECIFIED',
        trace_metadata: JSON.parse('{"__proto__":"m"}'),
        assessments: [{ x: 1 }],
        tags: { a: '2', b: '"}{ä' },
      },
      {
        trace_id: 'tr-a1',
        trace_location: location,
        request_time: '1970-01-01T00:00:01.500Z',
        state: 'OK',
      },
    ]);
    expect(rows.map(traceInfoV2ToWire)).toEqual([
      {
        request_id: 'tr-a2',
        experiment_id: '1',
        timestamp_ms: 1_500,
        execution_time_ms: 1_500,
        status: 'TRACE_STATUS_UNSPECIFIED',
        request_metadata: [{ key: '__proto__', value: 'm' }],
        tags: [
          { key: 'a', value: '2' },
          { key: 'b', value: '"}{ä' },
        ],
      },
      {
        request_id: 'tr-a1',
        experiment_id: '1',
        timestamp_ms: 1_500,
        execution_time_ms: 0,
        status: 'OK',
      },
    ]);
  });

  it('inserts what is new and leaves what is there', async () => {
    const [first] = await insert({ trace_id: 'tr-b1', state: 'ERROR' });
    const [again, second] = await insert({ trace_id: 'tr-b1' }, { trace_id: 'tr-b2' });
    expect(again).toBe(first);
    expect(second).not.toBe(first);
    expect(await store.find(database.read, 'tr-b1')).toMatchObject({ id: first, state: 'ERROR' });
  });

  it('deletes a trace with all that belongs to it, and no other', async () => {
    const [gone = 0, left = 0] = await insert({ trace_id: 'tr-c1' }, { trace_id: 'tr-c2' });
    await database.write(async (tx) => {
      for (const key of [gone, left]) {
        await store.setTags(tx, [[key, 'a', '1']]);
        await store.setMetadata(tx, [[key, 'a', '1']]);
        await store.setMetrics(tx, [[key, 'a', 1]]);
      }
      const found = await store.lockMany(tx, ['tr-c1']);
      await store.delete(tx, found);
    });
    expect(await store.find(database.read, 'tr-c1')).toBeUndefined();
    const counts = await database.read.all<{ n: number }>({
      sql: ['trace_tags', 'trace_metadata', 'trace_metrics']
        .map((table) => `select count(*) as n from ${table} where trace in (?, ?)`)
        .join(' union all '),
      bindings: [gone, left, gone, left, gone, left],
    });
    expect(counts.map(({ n }) => n)).toEqual([1, 1, 1]);
  });
});
