import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, it } from 'vitest';
import { canonicalJson } from '../platform/canonical-json.js';
import { printReport, verifyAudit } from '../run-audit.js';
import { type DatabaseKind, forEachDatabase } from '../testing/for-each-database.js';
import { newFolder } from '../testing/new-folder.js';
import { type Entry, rowOf } from './entries.js';
import { append, type Hash, rootOf } from './merkle.js';
import { printKey, signCheckpoint } from './signed-note.js';
import { type Audit, auditOn, otherKey } from './testing/audit-on.js';
import { verifyDatabase } from './verify-database.js';

/** Entries of the log before the attack; the checkpoint that we have kept covers the first 8. */
const COUNT = 12;
const KEPT = 8;

/** @returns the entries chained anew, as somebody does who covers his tracks */
function chained(entries: readonly string[]): string[] {
  let prev = '';
  return entries.map((text, index) => {
    const entry = { ...(JSON.parse(text) as Entry), seq: index + 1, prev };
    const row = rowOf(canonicalJson(entry));
    prev = row.leaf_hash;
    return row.entry;
  });
}

const edited = (text: string): string => text.replace('"tester"', '"somebody else"');

function frontierOf(entries: readonly string[]): Hash[] {
  let frontier: Hash[] = [];
  entries.forEach((text, index) => {
    frontier = append(frontier, index, Buffer.from(rowOf(text).leaf_hash, 'hex')).frontier;
  });
  return frontier;
}

/** What an attacker does to the entries, and what is found; undefined where it names no entry. */
const ATTACKS: readonly [string, (entries: string[]) => string[], RegExp, RegExp][] = [
  ['edits an entry', (all) => all.with(4, edited(all[4] ?? '')), /entry 5/, /entry 5/],
  ['deletes an entry', (all) => all.toSpliced(4, 1), /entry 5 is missing/, /6 stands .* 5 should/],
  [
    'cuts the end off',
    (all) => all.slice(0, 6),
    /entries 7 to 8 are missing/,
    /7 to 8 are missing/,
  ],
  [
    'cuts an entry in half',
    (all) => all.with(4, (all[4] ?? '').slice(0, 40)),
    /entry 5 was edited/,
    /stands where entry 5 should/,
  ],
  [
    'swaps two entries',
    (all) => all.with(2, all[3] ?? '').with(3, all[2] ?? ''),
    /entry 3 /,
    /4 stands .* 3 should/,
  ],
  [
    'edits an entry and chains all anew',
    (all) => chained(all.with(4, edited(all[4] ?? ''))),
    /1 to 8 are not those that were signed/,
    /1 to 8 are not those that were signed/,
  ],
  [
    'deletes an entry and chains all anew',
    (all) => chained(all.toSpliced(4, 1)),
    /1 to 8 are not those that were signed/,
    /1 to 8 are not those that were signed/,
  ],
];

const run = promisify(execFile);
const SCRIPT = join(import.meta.dirname, '../../docs/verify_audit.py');

/** @returns what the independent reader says, and whether it is content */
async function python(...parameters: string[]): Promise<{ ok: boolean; text: string }> {
  try {
    return { ok: true, text: (await run('python3', [SCRIPT, ...parameters])).stdout };
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    return { ok: false, text: stdout + stderr };
  }
}

forEachDatabase((open, kind) => {
  let audit: Audit;
  let key: string;
  let note: string;
  let lines: string[];

  beforeEach(async () => {
    audit = auditOn(await open());
    note = await audit.addAll(KEPT);
    for (let index = KEPT; index < COUNT; index += 1) await audit.add(`late ${index}`);
    key = printKey(await audit.checkpointer.publicKey());
    lines = await audit.exported();
  });

  describe('an export', () => {
    const verify = async (text: readonly string[]) => {
      const folder = newFolder();
      const [file, checkpoint] = [join(folder, 'audit.ndjson'), join(folder, 'checkpoints')];
      writeFileSync(file, `${text.join('\n')}\n`);
      writeFileSync(checkpoint, `${note}\n`);
      const report = await verifyAudit({ file }, { checkpoint, publicKey: key });
      return {
        report: printReport(report),
        ok: report.ok,
        other: await python(file, key, checkpoint),
      };
    };

    it('that nobody has touched is good', async () => {
      const { report, ok, other } = await verify(lines);
      expect(report).toContain(`${COUNT} entries, 3 checkpoints: as they were written`);
      expect([ok, other.ok]).toEqual([true, true]);
      expect(other.text).toContain(`${COUNT} entries`);
    });

    it('of which the checkpoints are left in names what they cover once', async () => {
      const at = lines.findIndex((line) => line.includes('"seq":5'));
      const { other } = await verify(lines.with(at, edited(lines[at] ?? '')));
      const told = other.text.split('\n').filter((line) => line.includes('not those'));
      expect(told).toEqual([
        'entries 1 to 8 are not those that were signed',
        'entries 9 to 12 are not those that were signed',
      ]);
    });

    // The attacker leaves the checkpoints out that he can't sign.
    it.each(ATTACKS)('of somebody who %s is found out', async (_, attack, told, toldByPython) => {
      const entries = lines.filter((line) => line.includes('"seq"'));
      const { report, ok, other } = await verify(attack(entries));
      expect([ok, other.ok]).toEqual([false, false]);
      expect(report).toMatch(told);
      expect(other.text).toMatch(toldByPython);
    });

    it('that is signed with another key is found out', async () => {
      const entries = chained(lines.filter((line) => line.includes('"seq"')).map(edited));
      const forger = otherKey();
      const root = rootOf(frontierOf(entries));
      const forged = signCheckpoint({ size: COUNT, root }, forger);
      const all = [
        JSON.stringify({ key: printKey(forger) }),
        ...entries,
        JSON.stringify({ checkpoint: forged }),
      ];
      const { report, ok, other } = await verify(all);
      expect([ok, other.ok]).toEqual([false, false]);
      expect(report).toMatch(/checkpoint of 12 entries is not signed by the key/);
      expect(other.text).toMatch(/not signed by the key/);
    });
  });

  describe('a database of which the attacker has all rights', () => {
    const run = (...statements: string[]) =>
      audit.database.write(async (tx) => {
        for (const sql of statements) await tx.run({ sql, bindings: [] });
      });
    const verify = async () => {
      const settings = { key: await audit.checkpointer.publicKey(), notes: [note] };
      const { ok, problems } = await verifyDatabase(audit.store, audit.database.read, settings);
      return { ok, told: problems.map(({ problem }) => problem).join('\n') };
    };

    beforeEach(() => run(...disarming(kind)));

    it('is good as long as he does nothing', async () => {
      expect(await verify()).toEqual({ ok: true, told: '' });
    });

    it.each([
      ['edits a column', "update audit_log set actor = 'x' where seq = 5", /entry 5 .* actor/],
      [
        'edits an entry',
        `update audit_log set entry = replace(entry, 'tester', 'x') where seq = 5`,
        /entry 5 was edited/,
      ],
      ['deletes an entry', 'delete from audit_log where seq = 5', /entry 5 is missing/],
      ['cuts the end off', 'delete from audit_log where seq > 10', /11 to 12 are missing/],
      ['deletes all', 'delete from audit_log', /entries 1 to 8 are missing/],
    ])('and who %s is found out', async (_, sql, told) => {
      await run(sql);
      const found = await verify();
      expect(found.ok).toBe(false);
      expect(found.told).toMatch(told);
    });

    it.each([
      ['an entry edited', (all: string[]) => all.with(4, edited(all[4] ?? ''))],
      ['an entry deleted', (all: string[]) => all.toSpliced(4, 1)],
      ['the end cut off', (all: string[]) => all.slice(0, 6)],
    ])('and who writes all of it anew with %s is found out', async (_, attack) => {
      const { database, store } = audit;
      const entries = chained(attack(lines.filter((line) => line.includes('"seq"'))));
      await run(
        ...['audit_log', 'audit_nodes', 'audit_checkpoints'].map((table) => `delete from ${table}`),
        "update audit_head set size = 0, leaf_hash = '', frontier = '[]'",
      );
      for (const text of entries) {
        await database.write(async (tx) => store.append(tx, await store.lockHead(tx), rowOf(text)));
      }
      const found = await verify();
      expect(found.ok).toBe(false);
      expect(found.told).toMatch(/1 to 8 are not those that were signed|7 to 8 are missing/);
    });

    it('and the server itself signs nothing that is not what it has signed before', async () => {
      await run("update audit_nodes set hash = '00' where level = 3");
      await audit.add('more');
      await expect(audit.checkpointer.current()).rejects.toThrow('not those signed');
      await run('update audit_head set size = 3');
      await expect(audit.checkpointer.current()).rejects.toThrow('were signed before');
    });
  });
});

const TABLES = ['audit_log', 'audit_nodes', 'audit_checkpoints'];

const disarming = (kind: DatabaseKind): string[] =>
  kind === 'SQLite'
    ? TABLES.flatMap((table) => [
        `drop trigger ${table}_no_update`,
        `drop trigger ${table}_no_delete`,
      ])
    : TABLES.map((table) => `drop trigger ${table}_append_only on ${table}`);
