import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { expect, it } from 'vitest';
import { toConfig } from './platform/config/config.js';
import type { RawSettings } from './platform/config/raw-settings.js';
import { migrateUp } from './platform/db/migrate.js';
import { type GcOptions, runGc } from './run-gc.js';
import { openLocation } from './testing/for-each-database.js';
import { newFolder } from './testing/new-folder.js';
import { BY_TESTER } from './testing/tester.js';
import { trackingOn } from './tracking/testing/tracking-on.js';

async function used(settings: RawSettings = {}) {
  const folder = newFolder();
  const raw = {
    ...{ backendStoreUri: `sqlite:///${folder}/x.db`, artifactsDestination: folder },
    ...settings,
  };
  const config = toConfig(raw);
  await migrateUp(config.database);
  const database = await openLocation(config.database);
  const tracking = trackingOn(database, raw);
  const experiment = await tracking.experiment();
  const active = await tracking.run(experiment);
  const [one = '', other = ''] = [await tracking.run(experiment), await tracking.run(experiment)];
  for (const id of [one, other]) await tracking.runs.delete(id, BY_TESTER);
  const workspace = {
    sql: "insert into workspaces (name) values ('team-a')",
    bindings: [],
  };
  await database.write((tx) => tx.run(workspace));
  await database.close();
  const gc = async (options: GcOptions) => {
    const lines: string[] = [];
    await runGc(config, options, (line) => lines.push(line));
    return lines;
  };
  return { folder, experiment, active, one, other, gc };
}

it('looks at all that is named before the first of it goes', async () => {
  const { gc, active, one, experiment } = await used();
  await expect(gc({ runIds: `${one},${active}` })).rejects.toThrow('not in the deleted');
  await expect(gc({ runIds: `${one},nothing` })).rejects.toThrow('There is no run nothing');
  await expect(gc({ runIds: one, olderThan: '99999d' })).rejects.toThrow('not older than');
  await expect(gc({ runIds: one, experimentIds: experiment })).rejects.toThrow('not in the');
  await expect(gc({ olderThan: '1x' })).rejects.toThrow('could not parse');
  expect((await gc({ dryRun: true })).at(-1)).toContain('2 runs');
});

it('deletes what is named and nothing else', async () => {
  const { gc, one, other } = await used();
  expect(await gc({ runIds: one })).toContain(`Run with ID ${one} has been permanently deleted.`);
  expect(await gc({ dryRun: true })).toContain(
    `Run with ID ${other} would be permanently deleted.`,
  );
});

it('shows folders of nothing, and removes them when it is asked to', async () => {
  const { gc, folder, experiment, active } = await used();
  const orphan = join(folder, experiment, 'b'.repeat(32));
  const elsewhere = join(folder, 'workspaces', 'team-a', experiment, 'c'.repeat(32));
  const ours = [
    ...[join(folder, experiment, active), join(folder, experiment, 'notes')],
    join(folder, 'workspaces', 'notes'),
  ];
  for (const path of [orphan, elsewhere, ...ours]) {
    await mkdir(path, { recursive: true });
    await writeFile(join(path, 'file'), 'abc');
  }
  const dry = await gc({ orphanedArtifacts: true, dryRun: true });
  expect(dry.join()).toContain(`${orphan} would be removed: 1 files, 3 bytes`);
  expect(existsSync(orphan)).toBe(true);
  await gc({});
  expect(existsSync(orphan)).toBe(true);
  await gc({ orphanedArtifacts: true });
  expect([orphan, elsewhere].some((path) => existsSync(path))).toBe(false);
  expect(ours.every((path) => existsSync(path))).toBe(true);
});

it('finds them below a folder that is named from where it is called', async () => {
  const folder = newFolder();
  const { gc } = await used({ artifactsDestination: relative('', folder) });
  const orphan = join(folder, '1', 'b'.repeat(32));
  await mkdir(orphan, { recursive: true });
  await gc({ orphanedArtifacts: true });
  expect(existsSync(orphan)).toBe(false);
});

it('deletes in the workspace that is meant, as mlflow gc does', async () => {
  const { gc, one, folder } = await used({ enableWorkspaces: true });
  const elsewhere = join(folder, 'workspaces', 'team-a', '1', 'c'.repeat(32));
  await mkdir(elsewhere, { recursive: true });
  const there = { workspace: 'team-a' };
  expect((await gc({ ...there, dryRun: true })).at(-1)).toContain('0 runs');
  await expect(gc({ ...there, runIds: one })).rejects.toThrow(`There is no run ${one}`);
  await expect(gc({ workspace: 'nowhere' })).rejects.toThrow('There is no workspace nowhere');
  await expect(gc({ ...there, allWorkspaces: true })).rejects.toThrow('contradict');
  await gc({ orphanedArtifacts: true, dryRun: true });
  expect((await gc({ allWorkspaces: true, dryRun: true })).at(-1)).toContain('2 runs');
  await gc({ orphanedArtifacts: true });
  expect(existsSync(elsewhere)).toBe(true);
  expect((await gc({ allWorkspaces: true, dryRun: true })).at(-1)).toContain('0 runs');
  await gc({ ...there, orphanedArtifacts: true });
  expect(existsSync(elsewhere)).toBe(false);
  await expect((await used()).gc(there)).rejects.toThrow('needs --enable-workspaces');
});

it('makes no database where there is none', async () => {
  const file = join(newFolder(), 'none.db');
  const config = toConfig({ backendStoreUri: `sqlite:///${file}` });
  await expect(runGc(config, {}, () => undefined)).rejects.toThrow('There is no database');
  expect(existsSync(file)).toBe(false);
});
