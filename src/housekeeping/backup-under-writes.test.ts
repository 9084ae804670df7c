import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import { expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../artifacts/testing/temporary-folder.js';
import { backUp } from './backup.js';
import { verifyBackup } from './restore.js';
import { filesBelow } from './tree.js';

it('holds every file that its database names, however much is written meanwhile', async () => {
  const folder = await temporaryFolder();
  const artifacts = await temporaryFolder();
  const file = join(folder, 'live.db');
  const live = new Sqlite(file);
  onTestFinished(() => void live.close());
  live.pragma('journal_mode = WAL');
  live.exec('create table files (name text)');
  const insert = live.prepare('insert into files values (?)');
  let written = 0;
  let goesOn = true;
  // As the server does: first the file, whole, then the row that names it.
  const writing = (async () => {
    while (goesOn) {
      const name = `f${written}`;
      await writeFile(join(artifacts, name), name.repeat(1_000));
      insert.run(name);
      written += 1;
      // Steady, and slower than a disk copies.
      await sleep(10);
    }
  })();
  while (written < 20) await sleep(10);
  const backups = ['one', 'two'].map((name) => join(folder, name));
  for (const backup of backups) await backUp({ database: file, artifacts }, backup);
  goesOn = false;
  await writing;
  for (const backup of backups) {
    await verifyBackup(backup);
    const copy = new Sqlite(join(backup, 'runledger.db'), { readonly: true });
    const named = copy.prepare('select name from files').pluck().all();
    copy.close();
    const there = new Set<unknown>();
    for await (const path of filesBelow(join(backup, 'artifacts'))) there.add(path);
    expect(named.length).toBeGreaterThanOrEqual(20);
    expect(named.filter((name) => !there.has(name))).toEqual([]);
  }
});
