import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../artifacts/testing/temporary-folder.js';
import { backUp } from './backup.js';
import { restore, verifyBackup } from './restore.js';

async function served() {
  const folder = await temporaryFolder();
  const holdings = { database: join(folder, 'live.db'), artifacts: join(folder, 'files') };
  const live = new Sqlite(holdings.database);
  onTestFinished(() => void live.close());
  live.pragma('journal_mode = WAL');
  live.exec("create table runs (id text); insert into runs values ('one')");
  await mkdir(join(holdings.artifacts, '1/.runledger-uploads'), { recursive: true });
  await writeFile(join(holdings.artifacts, '1/model.bin'), 'weights');
  await writeFile(join(holdings.artifacts, '1/.runledger-uploads/half'), 'wei');
  const target = { database: join(folder, 'new/back.db'), artifacts: join(folder, 'new/files') };
  return { folder, live, holdings, target, backup: join(folder, 'backup') };
}

describe('a backup', () => {
  it('comes back as it was, although the database was open and written to', async () => {
    const { holdings, backup, target, live } = await served();
    const report = await backUp(holdings, backup);
    live.exec("insert into runs values ('later')");
    expect(report.files).toBe(2);
    expect(await verifyBackup(backup)).toEqual(report);
    await restore(backup, target);
    const back = new Sqlite(target.database, { readonly: true });
    onTestFinished(() => void back.close());
    expect(back.prepare('select id from runs').all()).toEqual([{ id: 'one' }]);
    expect(await readFile(join(target.artifacts, '1/model.bin'), 'utf8')).toBe('weights');
  });

  it('is refused if a file differs, is missing, or it was not finished', async () => {
    const { holdings, backup, target } = await served();
    await backUp(holdings, backup);
    const model = join(backup, 'artifacts/1/model.bin');
    await writeFile(model, 'weightz');
    await expect(restore(backup, target)).rejects.toThrow('model.bin differs');
    await rm(model);
    await expect(verifyBackup(backup)).rejects.toThrow('model.bin is missing');
    await rm(join(backup, 'manifest.jsonl'));
    await expect(verifyBackup(backup)).rejects.toThrow('no finished backup');
  });

  it('overwrites nothing', async () => {
    const { holdings, backup } = await served();
    await backUp(holdings, backup);
    await expect(backUp(holdings, backup)).rejects.toThrow('not empty');
    await expect(restore(backup, holdings)).rejects.toThrow('exists already');
    const within = join(holdings.artifacts, 'backup');
    await expect(backUp(holdings, within)).rejects.toThrow('inside the folder of artifacts');
  });
});
