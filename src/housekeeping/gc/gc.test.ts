import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { gcSlices } from '../../gc-slices.js';
import { toConfig } from '../../platform/config/config.js';
import type { Database } from '../../platform/db/database.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { newFolder } from '../../testing/new-folder.js';
import { BY_TESTER } from '../../testing/tester.js';
import { trackingOn } from '../../tracking/testing/tracking-on.js';
import { GcReport } from './gc-report.js';
import { RUN } from './kinds.js';

forEachDatabase((open) => {
  let database: Database;
  let slices: ReturnType<typeof trackingOn>;
  const folder = newFolder();
  const raw = { artifactsDestination: folder };

  beforeAll(async () => {
    database = await open();
    slices = trackingOn(database, raw);
  });

  async function collect(dryRun = false, before = Date.now()) {
    const lines: string[] = [];
    const report = new GcReport((line) => lines.push(line), dryRun);
    const { collector } = gcSlices(toConfig(raw), database, 'tester');
    await collector.collect({ before, dryRun }, report);
    report.end();
    return lines;
  }

  /** A run with a metric, a param and a file, deleted. */
  async function deletedRun(experiment: string) {
    const runId = await slices.run(experiment);
    const now = { key: 'loss', value: 1, timestamp: 1, step: 1 };
    await database.write(async (tx) => {
      const row = await tx.first<{ id: number }>({
        ...{ sql: 'select id from runs where run_id = ?', bindings: [runId] },
      });
      await tx.run({
        sql: 'insert into metrics (run, key, timestamp, step, value, is_nan) values (?, ?, ?, ?, ?, 0)',
        bindings: [row?.id ?? 0, now.key, now.timestamp, now.step, now.value],
      });
      await tx.run({
        sql: 'insert into run_params (run, key, value) values (?, ?, ?)',
        bindings: [row?.id ?? 0, 'rate', '1'],
      });
    });
    const file = join(folder, experiment, runId, 'artifacts/deep/model.bin');
    await mkdir(join(file, '..'), { recursive: true });
    await writeFile(file, 'weights');
    await slices.runs.delete(runId, BY_TESTER);
    return { runId, file };
  }

  const count = async (table: string, where = '1 = 1') => {
    const sql = `select count(*) as n from ${table} where ${where}`;
    return Number((await database.read.first<{ n: number }>({ sql, bindings: [] }))?.n);
  };

  it('shows first what goes, then deletes it whole, and nothing else', async () => {
    const experiment = await slices.experiment();
    const kept = await slices.run(experiment);
    const { runId, file } = await deletedRun(experiment);
    const dry = await collect(true);
    expect(dry).toContain(`Run with ID ${runId} would be permanently deleted.`);
    expect(dry.at(-1)).toContain('1 runs, 0 logged models, 0 experiments, 0 traces, 1 files of 7');
    expect(existsSync(file)).toBe(true);
    const lines = await collect();
    expect(lines).toContain(`Run with ID ${runId} has been permanently deleted.`);
    expect(existsSync(join(folder, experiment, runId))).toBe(false);
    expect(await count('metrics')).toBe(0);
    expect(await count('run_params')).toBe(0);
    expect(await count('runs')).toBe(1);
    expect((await slices.show(kept)).info.run_id).toBe(kept);
    expect(await count('audit_log', `action = 'run.purge' and object_id = '${runId}'`)).toBe(1);
    expect((await collect()).at(-1)).toContain('Deleted: 0 runs');
  });

  it('leaves what is not old enough', async () => {
    const experiment = await slices.experiment();
    const { runId, file } = await deletedRun(experiment);
    await collect(false, 0);
    expect(existsSync(file)).toBe(true);
    await slices.runs.restore(runId, BY_TESTER);
    await collect();
    expect((await slices.show(runId)).info.run_id).toBe(runId);
  });

  it('names and keeps what a version of a model rests on', async () => {
    const experiment = await slices.experiment();
    const { runId, file } = await deletedRun(experiment);
    await slices.models.create('resting', '', [], BY_TESTER);
    await database.write(async (tx) => {
      const model = await tx.first<{ id: number }>({
        ...{ sql: "select id from registered_models where name = 'resting'", bindings: [] },
      });
      await tx.run({
        sql:
          'insert into model_versions (model, version, creation_timestamp, ' +
          'last_updated_timestamp, current_stage, source, storage_location, run_id, run_link, ' +
          "status) values (?, 7, 1, 1, 'Production', 's', 's', ?, '', 'READY')",
        bindings: [model?.id ?? 0, runId],
      });
    });
    await slices.experiments.delete(experiment, BY_TESTER);
    const lines = await collect();
    const why = 'is kept: model version resting/7 rests on it.';
    expect(lines).toContain(`Run with ID ${runId} ${why}`);
    expect(lines).toContain(`Experiment with ID ${experiment} ${why}`);
    expect(existsSync(file)).toBe(true);
    expect(await count('experiments', `experiment_id = ${experiment}`)).toBe(1);
    await database.write((tx) => tx.run({ sql: 'delete from model_versions', bindings: [] }));
    await collect();
    expect(existsSync(file)).toBe(false);
    expect(existsSync(join(folder, experiment))).toBe(false);
    expect(await count('experiments', `experiment_id = ${experiment}`)).toBe(0);
  });

  it('finishes what another one has left half gone', async () => {
    const experiment = await slices.experiment();
    const { runId, file } = await deletedRun(experiment);
    const { store } = gcSlices(toConfig(raw), database, 'tester');
    const found = await store.page(database.read, RUN, { ids: [runId] }, 0, 1);
    await database.write((tx) => store.bury(tx, RUN, found));
    expect(existsSync(file)).toBe(true);
    await collect();
    expect(existsSync(file)).toBe(false);
    // That of the run that has been restored.
    expect(await count('metrics')).toBe(1);
    expect(await count('runs', 'experiment_id < 0')).toBe(0);
  });

  it('leaves an issue behind that comes from a run, and takes it with its experiment', async () => {
    const experiment = await slices.experiment();
    const { runId } = await deletedRun(experiment);
    const { issue_id } = await slices.issues.create({
      ...{ experimentId: experiment, name: 'n', description: 'd', sourceRunId: runId },
      ...{ status: undefined, severity: undefined, rootCauses: [], categories: [], createdBy: '' },
    });
    await collect();
    expect(await slices.issues.get(database.read, issue_id)).toMatchObject({ source_run_id: null });
    await slices.experiments.delete(experiment, BY_TESTER);
    await collect();
    expect(await count('issues', `issue_id = '${issue_id}'`)).toBe(0);
  });
});
