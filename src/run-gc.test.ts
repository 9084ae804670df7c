import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { toConfig } from './platform/config/config.js';
import { migrateUp } from './platform/db/migrate.js';
import { type GcOptions, runGc } from './run-gc.js';
import { openLocation } from './testing/for-each-database.js';
import { newFolder } from './testing/new-folder.js';
import { BY_TESTER } from './testing/tester.js';
import { trackingOn } from './tracking/testing/tracking-on.js';

async function used() {
  const folder = newFolder();
  const raw = { backendStoreUri: `sqlite:///${folder}/x.db`, artifactsDestination: folder };
  const config = toConfig(raw);
  await migrateUp(config.database);
  const database = await openLocation(config.database);
  const tracking = trackingOn(database, raw);
  const experiment = await tracking.experiment();
  const active = await tracking.run(experiment);
  const [one = '', other = ''] = [await tracking.run(experiment), await tracking.run(experiment)];
  for (const id of [one, other]) await tracking.runs.delete(id, BY_TESTER);
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
