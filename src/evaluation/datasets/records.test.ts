import { beforeAll, describe, expect, it } from 'vitest';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { type Datasets, datasetsOn, type Json } from '../testing/datasets-on.js';

forEachDatabase((open) => {
  let t: Datasets;
  beforeAll(async () => {
    t = datasetsOn(await open());
  });

  describe('records', () => {
    it('are shown as they were sent', async () => {
      const id = await t.create();
      const source = { source_type: 'trace', source_data: { trace_id: 'tr-1' } };
      const tags = { 'mlflow.user': 'al', t: 2 };
      const sent = { inputs: { q: 'é', n: 1.5 }, outputs: 'hi', expectations: {}, tags, source };
      expect(await t.upsert(id, [sent, { inputs: { q: 2 } }])).toEqual({ inserted: 2, updated: 0 });
      const all = await t.records(id);
      expect(all.find(({ outputs }) => outputs === 'hi')).toEqual({
        ...sent,
        dataset_record_id: expect.stringMatching(/^dr-[0-9a-f]{32}$/),
        dataset_id: id,
        source: { source_type: 'TRACE', source_data: { trace_id: 'tr-1' } },
        source_id: 'tr-1',
        source_type: 'TRACE',
        created_time: expect.any(Number),
        last_update_time: expect.any(Number),
        created_by: 'al',
        last_updated_by: 'al',
      });
      expect(all.find(({ outputs }) => outputs !== 'hi')).toMatchObject({ outputs: {}, tags: {} });
      expect(await t.get(id)).toMatchObject({ num_records: 2, last_updated_by: 'al' });
    });

    it('are one where their inputs are equal', async () => {
      const id = await t.create();
      const first = [{ inputs: { a: 1, b: 2 }, outputs: 'x', expectations: { e: 1 } }];
      await t.upsert(id, first);
      const again = { inputs: { b: 2, a: 1 }, outputs: null, expectations: { f: 2 } };
      const other = { inputs: { a: 1, b: '2' } };
      const sum = await t.upsert(id, [again, other, { ...other, tags: { k: 'v' } }]);
      expect(sum).toEqual({ inserted: 1, updated: 2 });
      const all = await t.records(id);
      expect(all).toHaveLength(2);
      expect(all[0]).toMatchObject({ inputs: { a: 1, b: 2 }, expectations: { e: 1, f: 2 } });
      expect(all[0]).not.toHaveProperty('outputs');
      expect(all[1]).toMatchObject({ tags: { k: 'v' } });
      expect(await t.datasets.upsert(id, '[{"inputs": {"a": 1.0, "b": 2}}]')).toEqual({
        ...{ inserted: 1, updated: 0 },
      });
      expect(await t.get(id)).toMatchObject({ num_records: 3 });
    });

    it('tell the types of their fields, the first of each', async () => {
      const id = await t.create();
      await t.datasets.upsert(
        id,
        '[{"inputs": {"i": 1, "f": 1.0, "b": true, "n": null}, "expectations": {"l": [], "o": {}}}]',
      );
      await t.upsert(id, [
        { inputs: { i: 'x', s: '' }, outputs: { a: 1 } },
        { inputs: {}, outputs: 'x' },
      ]);
      expect(JSON.parse((await t.get(id)).schema ?? '')).toEqual({
        inputs: { i: 'integer', f: 'float', b: 'boolean', n: 'null', s: 'string' },
        outputs: { a: 'integer' },
        expectations: { l: 'array', o: 'object' },
        version: '1.0',
      });
      const plain = await t.create();
      await t.upsert(plain, [{ outputs: 'x' }, { inputs: { q: 1 }, outputs: { a: 1 } }]);
      expect(JSON.parse((await t.get(plain)).schema ?? '')).toMatchObject({ outputs: 'string' });
    });

    it('are deleted one by one', async () => {
      const id = await t.create();
      await t.upsert(id, [{ inputs: { q: 1 } }, { inputs: { q: 2 } }]);
      const { digest } = await t.get(id);
      const ids = (await t.records(id)).map((record) => String(record.dataset_record_id));
      const [first = ''] = ids;
      expect(await t.datasets.deleteRecords(id, [first, first, 'none'])).toBe(1);
      expect(await t.datasets.deleteRecords(id, [])).toBe(0);
      expect(await t.datasets.deleteRecords('nope', ids)).toBe(0);
      expect(await t.get(id)).toMatchObject({ num_records: 1, digest });
      await t.datasets.deleteRecords(id, ids);
      expect(await t.get(id)).toMatchObject({ num_records: 0 });
      await t.upsert(id, []);
      expect(await t.get(id)).toMatchObject({ num_records: 0 });
    });

    it('come in pages, each record once', async () => {
      const id = await t.create();
      for (const n of [0, 1, 2]) await t.upsert(id, [{ inputs: { n } }, { inputs: { m: n } }]);
      const seen: unknown[] = [];
      let token: string | undefined;
      do {
        const { records: some, next } = await t.page(id, 4, token);
        seen.push(...some.map(({ dataset_record_id }) => dataset_record_id));
        token = next;
      } while (token !== undefined);
      expect(new Set(seen).size).toBe(6);
      const { next } = await t.page(id, 4);
      await expect(t.page(await t.create(), 4, next)).rejects.toThrow('page token');
      await expect(t.page(id, 4, 'zz')).rejects.toThrow('Invalid page token');
    });

    it.each([
      ['{bad', 'records must be valid JSON'],
      ['{}', 'records must be a JSON list'],
      ['[{"inputs": {"ok": 1}}, 5]', 'records[1] must be a JSON object'],
      ['[{"inputs": null}]', 'records[0].inputs must be a JSON object'],
      ['[{"inputs": [1]}]', 'records[0].inputs must be a JSON object'],
      ['[{"expectations": 5}]', 'records[0].expectations must be a JSON object'],
      ['[{"tags": ["a"]}]', 'records[0].tags must be a JSON object'],
      ['[{"source": 5}]', 'records[0].source must be a JSON object'],
      ['[{"source": {"source_data": {}}}]', 'source.source_type must be a text'],
      ['[{"source": {"source_type": "CODE", "x": 1}}]', "a member 'x'"],
      ['[{"source": {"source_type": "CODE", "source_data": 5}}]', 'source_data must be'],
      ['[{"source": {"source_type": "TRACE", "source_data": {"trace_id": []}}}]', 'not a text'],
      [
        '[{"source": {"source_type": "zz"}}]',
        "Invalid dataset record source type: ZZ. Valid source types: ['UNSPECIFIED', 'TRACE', 'HUMAN', 'DOCUMENT', 'CODE']",
      ],
    ])('are not %s', async (json, message) => {
      const id = await t.create();
      await expect(t.datasets.upsert(id, json)).rejects.toThrow(message);
      expect(await t.records(id)).toEqual([]);
    });

    it('are refused without a dataset', async () => {
      await expect(t.upsert('nope', [])).rejects.toThrow("id 'nope' not found");
    });

    it('are merged by many at once without a loss', async () => {
      const id = await t.create();
      await Promise.all(
        [0, 1, 2, 3, 4].map((n) =>
          t.upsert(id, [
            { inputs: { same: 1 }, expectations: { [`e${n}`]: n } },
            { inputs: { n } },
          ]),
        ),
      );
      expect(await t.get(id)).toMatchObject({ num_records: 6 });
      const same = (await t.records(id)).find(({ inputs }) => 'same' in (inputs as Json));
      expect(same).toMatchObject({ expectations: { e0: 0, e1: 1, e2: 2, e3: 3, e4: 4 } });
    });
  });
});
