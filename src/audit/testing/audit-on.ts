import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Database } from '../../platform/db/database.js';
import { createLog } from '../../platform/log.js';
import type { Deed } from '../../platform/trail.js';
import { BY_TESTER } from '../../testing/tester.js';
import { AuditStore } from '../audit.store.js';
import { AuditTrail } from '../audit-trail.js';
import { Checkpointer } from '../checkpointer.js';
import { sendLog } from '../export.js';
import { Proofs } from '../proofs.js';
import { printKey } from '../signed-note.js';

/** What a deed of a test is. */
export const deed = (id: string, wish: Partial<Deed> = {}): Deed => ({
  action: 'registered_model.create',
  object: { kind: 'registered_model', id },
  after: { description: `model ${id}` },
  ...wish,
});

/** The audit log over a database, with a clock that shows another time at each look. */
export function auditOn(database: Database) {
  let time = 1_000;
  const now = () => ++time;
  const store = new AuditStore(database);
  const trail = new AuditTrail({ database, store, now });
  const sealing = {
    encrypt: async (given: string) => given,
    decrypt: async (given: string) => given,
  };
  const checkpointer = new Checkpointer({
    ...{ database, store, sealing, now, file: undefined },
    ...{ log: createLog('silent'), publish: [] },
  });
  const add = (id: string, wish: Partial<Deed> = {}) =>
    database.write((tx) => trail.record(tx, BY_TESTER, deed(id, wish)));
  return {
    ...{ database, store, trail, checkpointer, add },
    proofs: new Proofs(database, store),
    /** Adds entries with a checkpoint at the end; @returns its note */
    addAll: async (count: number, prefix = 'm'): Promise<string> => {
      for (let index = 1; index <= count; index += 1) await add(`${prefix}${index}`);
      return (await checkpointer.current())?.note ?? '';
    },
    exported: async (): Promise<string[]> => {
      const stream = new PassThrough();
      const size = (await checkpointer.current())?.size ?? 0;
      const key = printKey(await checkpointer.publicKey());
      const [all] = await Promise.all([
        text(stream),
        sendLog(stream, database, store, { key, size }),
      ]);
      return all.trimEnd().split('\n');
    },
  };
}

export type Audit = ReturnType<typeof auditOn>;

/** What an attacker signs with, who has everything but the key of the log. */
export const otherKey = (): KeyObject => generateKeyPairSync('ed25519').privateKey;
