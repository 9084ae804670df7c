import Sqlite from 'better-sqlite3';
import pg from 'pg';
import { expect, it } from 'vitest';
import { createRun } from '../support/api.js';
import { Client } from '../support/client.js';
import { onBothDatabases, type Place } from '../support/place.js';
import { runProgram, serverFlags, startServer } from '../support/server.js';

const NEWER =
  "insert into runledger_migrations (name, batch, migration_time) values ('9999_x', 1, ?)";

async function migrate(place: Place, step: string): Promise<{ applied: string; pending: string }> {
  const args = ['migrate', step, '--backend-store-uri', place.databaseUri];
  const { code, stdout, stderr } = await runProgram(args);
  // Before the schema of a file is renewed it tells where it has put the copy.
  const told = stderr.replace(/^The schema of the database is renewed; a copy .*\n/m, '');
  expect([code, told], step).toEqual([0, '']);
  const part = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(stdout)?.[1] ?? '';
  return { applied: part('applied'), pending: part('pending') };
}

async function pretendNewer(place: Place): Promise<void> {
  if (place.databaseFile !== undefined) {
    const database = new Sqlite(place.databaseFile);
    database.prepare(NEWER).run(0);
    database.close();
    return;
  }
  const client = new pg.Client(place.databaseUri);
  await client.connect();
  await client.query(NEWER.replace('?', 'now()'));
  await client.end();
}

onBothDatabases((newPlace) => {
  it('shows, makes and takes back the schema', async () => {
    const place = await newPlace();
    const empty = await migrate(place, 'status');
    expect(empty.applied).toBe('none');
    expect((await migrate(place, 'down')).applied).toBe('none');
    const up = await migrate(place, 'up');
    expect(up).toEqual({ applied: empty.pending, pending: 'none' });
    expect(await migrate(place, 'up')).toEqual(up);

    const names = up.applied.split(', ');
    const last = names.at(-1) ?? '';
    const down = await migrate(place, 'down');
    expect(down).toEqual({ applied: names.slice(0, -1).join(', '), pending: last });
    expect(await migrate(place, 'status')).toEqual(down);
    expect(await migrate(place, 'up')).toEqual(up);
  });

  it('keeps the data of the steps that stay', async () => {
    const place = await newPlace();
    const server = await startServer(place);
    const client = new Client(server.url);
    const run = await createRun(client, '0');
    client.close();
    await server.stop();
    await migrate(place, 'down');
    const again = await startServer(place);
    const reader = new Client(again.url);
    await reader.ok('GET', 'runs/get', { run_id: run });
    reader.close();
    await again.stop();
    expect((await migrate(place, 'status')).pending).toBe('none');
  });

  it('leaves a newer schema alone', async () => {
    const place = await newPlace();
    await migrate(place, 'up');
    await pretendNewer(place);
    const commands = [
      ['server', ...serverFlags(place, 0)],
      ['migrate', 'up', '--backend-store-uri', place.databaseUri],
      ['migrate', 'down', '--backend-store-uri', place.databaseUri],
    ];
    for (const command of commands) {
      const { code, stderr } = await runProgram(command);
      expect(code).toBe(1);
      expect(stderr).toMatch(/^runledger: .*newer schema \(9999_x\).*\n$/);
    }
    const status = await runProgram(['migrate', 'status', ...(commands[1] ?? []).slice(2)]);
    expect(status.stdout).toContain('unknown to this version: 9999_x');
  });
});
