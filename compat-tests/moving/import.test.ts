import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type RunningServer, startRunledger, startStockServer } from '../servers.js';
import { asked, emptyTarget, runledger, story } from './support.js';

let folder: string;
let stock: RunningServer;
let told: unknown;
let toldOfReviews: unknown;

const source = () => `sqlite:///${join(folder, 'mlflow.db')}`;

const importTo = (to: string, artifacts: string) =>
  runledger(
    [
      ...['import', '--from', source(), '--to', to],
      ...['--artifacts', 'copy', '--artifacts-from', join(folder, 'old')],
      ...['--artifacts-destination', artifacts],
    ],
    { cwd: folder },
  );

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'runledger-moving-'));
  stock = await startStockServer({
    backendStoreUri: source(),
    extraArguments: ['--artifacts-destination', join(folder, 'old')],
  });
  await story('fill.py', stock.url);
  told = await asked(stock.url, folder);
  await story('fill_reviews.py', stock.url);
  toldOfReviews = await asked(stock.url, folder, 'ask_reviews.py');
});

afterAll(async () => {
  await stock?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('what was moved in', () => {
  it.each(['SQLite', 'PostgreSQL'])('answers as it did before, on %s', async (kind) => {
    const to = await emptyTarget(kind, folder);
    const artifacts = join(folder, `new-${kind}`);
    const first = await importTo(to, artifacts);
    expect(first.stderr).not.toContain('runledger:');
    expect(first.stdout).toContain('All is the same on both sides.');
    expect(first.status).toBe(0);

    const again = await importTo(to, artifacts);
    expect(again.stdout).toContain('nothing was written');
    expect(again.stdout).toContain('Artifacts: 0 files copied');
    expect(again.status).toBe(0);

    const server = await startRunledger({
      backendStoreUri: to,
      extraArguments: ['--artifacts-destination', artifacts],
    });
    onTestFinished(() => server.stop());
    expect(await asked(server.url, folder)).toEqual(told);
    expect(await asked(server.url, folder, 'ask_reviews.py')).toEqual(toldOfReviews);
  });

  it('answers as before where servers were asked, one after the other', async () => {
    const first = await askedOver(stock.url);
    const server = await startRunledger({
      backendStoreUri: first.to,
      extraArguments: ['--artifacts-destination', first.artifacts],
    });
    onTestFinished(() => server.stop());
    expect(await asked(server.url, folder)).toEqual(withDisabledWebhooks(told));

    // Runs that went with their experiment, and logged models, are as old as they were.
    expect((told as { 'deleted models': unknown[] })['deleted models']).toHaveLength(3);
    expect(first.printed).toMatch(/^1 runs were deleted by themselves/m);
    const ages =
      'select (e.last_update_time - r.deleted_time) / 5000 as off from runs r join experiments e ' +
      "on e.experiment_id = r.experiment_id where e.name = 'gone with a run'";
    expect(rowsOf(source(), ages)).toEqual([{ off: 0 }]);
    expect(rowsOf(first.to, ages)).toEqual([{ off: 0 }]);

    const second = await askedOver(server.url.replace('//', '//ann:hunter2@'));
    expect(second.printed).not.toContain('hunter2');
    // Checksums of what users see; when runs were deleted is not told.
    const table = (printed: string) => printed.match(/^(?!runs ).* same$/gm);
    expect(table(second.printed)).toEqual(table(first.printed));
  });
});

function rowsOf(uri: string, sql: string): unknown[] {
  const database = new Sqlite(uri.replace('sqlite:///', ''), { readonly: true });
  try {
    return database.prepare(sql).all();
  } finally {
    database.close();
  }
}

/** Moves a server in through its API, and again. */
async function askedOver(from: string) {
  const to = await emptyTarget('SQLite', folder);
  const artifacts = await mkdtemp(join(folder, 'asked-'));
  const args = [
    ...['import', '--from', from, '--to', to],
    ...['--artifacts', 'copy', '--artifacts-destination', artifacts],
  ];
  const { stdout, stderr } = await runledger(args);
  expect(stderr).not.toContain('runledger:');
  expect(stdout).toContain('All is the same on both sides.');
  const again = await runledger(args);
  expect(again.stdout).toContain('nothing was written');
  expect(again.stdout).toContain('All is the same on both sides.');
  expect(again.stdout).toContain('Artifacts: 0 files copied');
  return { to, artifacts, printed: stdout };
}

/** Nobody is told whether webhooks have secrets. */
const withDisabledWebhooks = (answers: unknown): unknown =>
  JSON.parse(
    JSON.stringify(answers).replace(/"_status":"ACTIVE"(?=,"_url")/g, '"_status":"DISABLED"'),
  );
