import { beforeEach, describe, expect, it } from 'vitest';
import type { By } from '../platform/http/operation.js';
import { forEachDatabase, type Open } from '../testing/for-each-database.js';
import { BY_TESTER } from '../testing/tester.js';
import type { AuditQuery } from './audit.store.js';
import { LogVerifier } from './log-verifier.js';
import { leafHash, provesConsistency, provesInclusion } from './merkle.js';
import { openCheckpoint } from './signed-note.js';
import { type Audit, auditOn, deed } from './testing/audit-on.js';
import { verifyDatabase } from './verify-database.js';

const NO_QUERY: AuditQuery = {
  ...{ actor: undefined, action: undefined, object_kind: undefined, object_id: undefined },
  ...{ decision: undefined, request_id: undefined, from: undefined, to: undefined },
};

const hex = (text: string) => Buffer.from(text, 'hex');

forEachDatabase((open: Open) => {
  let audit: Audit;

  beforeEach(async () => {
    audit = auditOn(await open());
  });

  const verified = () => verifyDatabase(audit.store, audit.database.read, {});
  const entries = async (query: Partial<AuditQuery> = {}) =>
    (await audit.store.page({ ...NO_QUERY, ...query }, 1_000, undefined)).rows;

  it('chains entries, each of which says what was done, by whom and from where', async () => {
    await audit.add('one');
    await audit.add('two', { before: { a: 1 }, reason: 'why not' });
    const [second, first] = await entries();
    expect(first).toMatchObject({ seq: 1, prev_hash: '', actor: 'tester', decision: 'allowed' });
    expect(second).toMatchObject({ seq: 2, prev_hash: first?.leaf_hash, object_id: 'two' });
    expect(second?.leaf_hash).toBe(leafHash(Buffer.from(second?.entry ?? '')).toString('hex'));
    expect(JSON.parse(second?.entry ?? '')).toMatchObject({
      ...{ action: 'registered_model.create', before: { a: 1 }, reason: 'why not' },
      origin: { address: '127.0.0.1', user_agent: 'test', request_id: 'request-1' },
    });
  });

  it('stores an entry with the change or neither of them', async () => {
    await audit.add('kept');
    const failing = audit.database.write(async (tx) => {
      await audit.trail.record(tx, BY_TESTER, deed('lost'));
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    await audit.add('next');
    expect((await entries()).map(({ seq, object_id }) => [seq, object_id])).toEqual([
      [2, 'next'],
      [1, 'kept'],
    ]);
    expect(await verified()).toMatchObject({ ok: true, entries: 2 });
  });

  it('has no gap and no fork when many append at once', async () => {
    const other = auditOn(audit.database);
    await Promise.all(
      Array.from({ length: 60 }, (_, index) => (index % 2 ? audit : other).add(`m${index}`)),
    );
    await audit.checkpointer.current();
    expect((await entries()).map(({ seq }) => seq)).toEqual(
      Array.from({ length: 60 }, (_, index) => 60 - index),
    );
    expect(await verified()).toMatchObject({ ok: true, entries: 60, checkpoints: 1 });
  });

  it('gives what was done in a hurry its places soon, with what was done meanwhile', async () => {
    const other = auditOn(audit.database);
    const later = (id: string, by: By = BY_TESTER) =>
      audit.database.write((tx) => audit.trail.recordLater(tx, by, deed(id)));
    await audit.add('first');
    await Promise.all(Array.from({ length: 600 }, (_, index) => later(`m${index}`)));
    const lost = audit.database.write(async (tx) => {
      await audit.trail.recordLater(tx, BY_TESTER, deed('lost'));
      throw new Error('no');
    });
    await expect(lost).rejects.toThrow('no');
    expect(await entries()).toHaveLength(1);
    await Promise.all([audit.trail.settle(), other.trail.settle(), audit.add('second')]);
    await audit.trail.settle();
    await audit.checkpointer.current();
    const ids = (await entries()).map(({ object_id }) => object_id);
    expect(new Set(ids)).toEqual(
      new Set(['first', 'second', ...Array.from({ length: 600 }, (_, index) => `m${index}`)]),
    );
    expect(ids).toHaveLength(602);
    expect(await verified()).toMatchObject({ ok: true, entries: 602, checkpoints: 1 });
    const [one] = await entries({ object_id: 'm7' });
    expect(JSON.parse(one?.entry ?? '')).toMatchObject({
      actor: { name: 'tester' },
      origin: { address: '127.0.0.1', request_id: 'request-1' },
      after: { description: 'model m7' },
    });
  });

  it.each(['audit_log', 'audit_nodes', 'audit_checkpoints'])(
    'refuses to change or delete rows of %s',
    async (table) => {
      await audit.addAll(3);
      const column = table === 'audit_log' ? 'actor' : table === 'audit_nodes' ? 'hash' : 'note';
      for (const sql of [`update ${table} set ${column} = 'x'`, `delete from ${table}`]) {
        const change = audit.database.write((tx) => tx.run({ sql, bindings: [] }));
        await expect(change).rejects.toThrow('append-only');
      }
    },
  );

  it('finds entries by what they say, a page at a time', async () => {
    await audit.addAll(5);
    await audit.add('m2', { action: 'registered_model.delete' });
    expect(await entries({ action: 'registered_model.delete' })).toHaveLength(1);
    expect(await entries({ object_kind: 'registered_model', object_id: 'm2' })).toHaveLength(2);
    expect(await entries({ actor: 'nobody' })).toEqual([]);
    expect(await entries({ request_id: 'request-1', decision: 'allowed' })).toHaveLength(6);
    const times = (await entries()).map(({ ts }) => ts);
    expect(await entries({ from: times[2], to: times[1] })).toHaveLength(2);
    const page = await audit.store.page(NO_QUERY, 4, undefined);
    const next = await audit.store.page(NO_QUERY, 4, page.token);
    expect([...page.rows, ...next.rows].map(({ seq }) => seq)).toEqual([6, 5, 4, 3, 2, 1]);
    expect(next.token).toBeUndefined();
    const foreign = audit.store.page({ ...NO_QUERY, actor: 'x' }, 4, page.token);
    await expect(foreign).rejects.toMatchObject({ code: 'INVALID_PARAMETER_VALUE' });
  });

  it('signs checkpoints, and proves what is in the log and that it has only grown', async () => {
    const old = await audit.addAll(7);
    const note = await audit.addAll(12, 'n');
    const key = await audit.checkpointer.publicKey();
    const [before, now] = [openCheckpoint(old, key), openCheckpoint(note, key)];
    expect([before.size, now.size]).toEqual([7, 19]);
    expect(provesConsistency(before, now, await audit.proofs.consistency(7, 19))).toBe(true);
    expect(await audit.proofs.root(7)).toEqual(before.root);
    for (let seq = 1; seq <= 19; seq += 1) {
      const leaf = hex((await audit.store.leaf(audit.database.read, seq)) ?? '');
      const proof = await audit.proofs.inclusion(seq - 1, 19);
      expect(provesInclusion(leaf, seq - 1, 19, proof, now.root)).toBe(true);
    }
    expect((await audit.checkpointer.current())?.note).toBe(note);
  });

  it('has one key and one note for servers that start together', async () => {
    await audit.add('m');
    const others = Array.from({ length: 4 }, () => auditOn(audit.database).checkpointer);
    const notes = await Promise.all(others.map((each) => each.current()));
    expect(new Set(notes.map((each) => each?.note)).size).toBe(1);
  });

  it('exports what a reader can verify without the server', async () => {
    await audit.addAll(3);
    await audit.addAll(4, 'n');
    const verifier = new LogVerifier({ key: await audit.checkpointer.publicKey() });
    const lines = await audit.exported();
    for (const line of lines) verifier.line(line);
    expect(verifier.finish()).toMatchObject({ ok: true, entries: 7, checkpoints: 2 });
    expect(lines.map((line) => Object.keys(JSON.parse(line)).length === 1)).toEqual(
      [1, 0, 0, 0, 1, 0, 0, 0, 0, 1].map(Boolean),
    );
  });

  it('keeps each entry a line, whatever anybody calls himself', async () => {
    const forged = 'x\n{"seq":2}\r\u2028\u0000\ud800"\u001b[2K\u009b2K\u202e';
    const by: By = {
      caller: { ...BY_TESTER.caller, name: forged },
      origin: { address: forged, userAgent: forged, requestId: forged },
    };
    await audit.database.write((tx) =>
      audit.trail.record(tx, by, deed(forged, { reason: forged, after: { [forged]: [forged] } })),
    );
    const lines = await audit.exported();
    expect(lines).toHaveLength(3);
    expect(lines[1]).not.toMatch(/[\p{Cc}\u2028\u202e]/u);
    expect(await verified()).toMatchObject({ ok: true, entries: 1 });
    expect(
      await entries({
        actor: 'x\ufffd{"seq":2}\ufffd<U+2028>\ufffd\ufffd"\ufffd[2K<U+009B>2K<U+202E>',
      }),
    ).toHaveLength(1);
  });

  it('keeps of long values their hash alone', async () => {
    const long = 'y'.repeat(100_000);
    await audit.add(long, { after: { long, list: Array.from({ length: 2_000 }, () => 'z') } });
    const [row] = await entries();
    expect(row?.entry.length).toBeLessThan(5_000);
    expect(row?.entry).toContain('"omitted":1500');
    expect(row?.object_id.length).toBeLessThanOrEqual(500);
  });

  it('records denials, and of a flood a few and how many there were', async () => {
    for (let count = 0; count < 50; count += 1) {
      await audit.trail.recordDenial(BY_TESTER, deed('m'), 'no right', '7');
    }
    const denied = await entries({ decision: 'denied' });
    expect(denied).toHaveLength(5);
    expect(denied[0]).toMatchObject({ reason: 'no right', policy_version: '7' });
    await audit.trail.recordDenial(BY_TESTER, deed('m', { action: 'other' }), 'no right');
    expect(await entries({ decision: 'denied' })).toHaveLength(6);
    expect(await verified()).toMatchObject({ ok: true });
  });
});

describe('the reader of a log', () => {
  it('says what is wrong with what is no log', () => {
    const verifier = new LogVerifier();
    for (const line of ['null', '[]', 'x', '{}', '{"checkpoint":"x"}', '{"key":"x"}']) {
      verifier.line(line);
    }
    expect(verifier.finish().ok).toBe(false);
  });
});
