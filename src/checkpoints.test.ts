import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { notesIn, openCheckpoint } from './audit/signed-note.js';
import { auditOn } from './audit/testing/audit-on.js';
import { verifyDatabase } from './audit/verify-database.js';
import { checkpointer } from './audit-slices.js';
import { createCheckpoints } from './checkpoints.js';
import { toConfig } from './platform/config/config.js';
import { migrateUp } from './platform/db/migrate.js';
import { createLog } from './platform/log.js';
import { newLocation, openLocation } from './testing/for-each-database.js';
import { newFolder } from './testing/new-folder.js';

describe.each(['SQLite', 'PostgreSQL'] as const)('two servers over one %s', (kind) => {
  const ends: (() => Promise<unknown>)[] = [];
  afterAll(async () => {
    for (const end of ends.reverse()) await end();
  });

  it('append to one chain, sign with one key and write down what they have signed', async () => {
    const location = await newLocation(kind, ends);
    await migrateUp(location);
    const doors = [await openLocation(location), await openLocation(location)] as const;
    for (const door of doors) ends.push(() => door.close());
    const [one, two] = [auditOn(doors[0]), auditOn(doors[1])];
    await Promise.all(
      Array.from({ length: 80 }, (_, index) => (index % 2 ? one : two).add(`m${index}`)),
    );

    const file = join(newFolder(), 'checkpoints');
    const config = toConfig({
      ...{ auditCheckpoints: file, webhookSecretKey: 'a key of this test 0123456789abcdef' },
    });
    const log = createLog('silent');
    const servers = doors.map((door) => createCheckpoints(config, door, log));
    for (const server of servers) server.start();
    await Promise.all(servers.map((server) => server.stop()));

    const parts = { log, now: Date.now, publish: [] };
    const key = await checkpointer(config, doors[0], parts).publicKey();
    const notes = notesIn(readFileSync(file, 'utf8'));
    expect(notes.map((note) => openCheckpoint(note, key).size)).toEqual([80, 80]);
    const report = await verifyDatabase(one.store, doors[1].read, { key, notes });
    expect(report).toMatchObject({ ok: true, entries: 80, problems: [] });
  });
});
