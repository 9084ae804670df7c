/** How long a rollback takes to reach who serves, also when the server dies right after it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ensureEnvironment } from '../../../scripts/python-envs.mjs';
import { createModel, createVersion } from '../support/api.js';
import type { Client } from '../support/client.js';
import { startCluster } from '../support/cluster.js';
import { onBothDatabases, type Place } from '../support/place.js';
import { startServer } from '../support/server.js';
import { type Sink, startSink } from '../support/sink.js';
import { type WatchedEvent, Watcher } from '../support/watcher.js';

const POLL_SECONDS = 5;
const BUDGET = { watcher: 1_000, webhook: 2_000, poller: 30_000 };
const POLLER = join(import.meta.dirname, '../support/poller.py');

/** A stock client that polls; stopped with the place. */
class Poller {
  readonly seen: { readonly at: number; readonly versions: string }[] = [];

  constructor(place: Place, url: string, model: string) {
    const python = ensureEnvironment('3.17.2', console.log);
    const child: ChildProcess = spawn(python, [POLLER, url, model, String(POLL_SECONDS)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      for (const line of text.trim().split('\n')) {
        const [at = '', byAlias = '', inStage = ''] = line.split(' ');
        this.seen.push({ at: Number(at), versions: `${byAlias} ${inStage}` });
      }
    });
    place.atEnd(async () => {
      child.kill('SIGKILL');
    });
  }

  /** @returns when it first saw these versions */
  async until(versions: string, after = 0): Promise<number> {
    const deadline = Date.now() + 60_000;
    for (;;) {
      const found = this.seen.find((one) => one.versions === versions && one.at >= after);
      if (found !== undefined) return found.at;
      if (Date.now() > deadline) throw new Error(`It saw ${JSON.stringify(this.seen)}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** A model whose version 2 serves, and should not. */
async function zombie(client: Client, sink: Sink, name: string): Promise<void> {
  await createModel(client, name);
  for (const version of ['1', '2']) {
    await createVersion(client, name);
    const wish = { name, version, stage: 'Production', archive_existing_versions: true };
    await client.ok('POST', 'model-versions/transition-stage', wish);
    await client.ok('POST', 'registered-models/alias', { name, alias: 'champion', version });
  }
  const events = [{ entity: 'MODEL_VERSION_ALIAS', action: 'CREATED' }];
  await client.ok('POST', 'webhooks', { name, url: sink.url, events });
}

async function rollBack(client: Client, name: string): Promise<number> {
  const answer = await client.ask({
    method: 'POST',
    path: `/api/governance/v1/models/${name}/rollback`,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ stage: 'Production', reason: 'It answers nonsense.' }),
  });
  expect(answer.status, answer.text).toBe(200);
  expect(answer.json()).toMatchObject({ version: '1', quarantined: ['2'] });
  return Date.now();
}

const isBack = ({ event, data }: WatchedEvent): boolean =>
  event === 'change' && data.stage === 'Production' && data.version === '1';

async function hooked(sink: Sink): Promise<number> {
  await sink.until((received) =>
    received.some(({ body }) => JSON.parse(body).data?.version === '1'),
  );
  return Date.now();
}

const print = (kind: string, what: string, milliseconds: number, budget: number): void => {
  console.log(`${kind}, ${what}: ${milliseconds} ms (budget ${budget} ms)`);
  expect(milliseconds, what).toBeLessThanOrEqual(budget);
};

onBothDatabases((newPlace, kind) => {
  it('reaches watchers, webhooks and pollers while all is well', async () => {
    const place = await newPlace();
    const sink = await startSink(place);
    const cluster = await startCluster(place, { environment: sink.environment });
    const name = 'zombie';
    await zombie(cluster.client(0), sink, name);
    // On PostgreSQL who watches is at another server than who rolls back.
    const other = cluster.servers.at(-1)?.url ?? '';
    const watcher = new Watcher(other, [name]);
    const poller = new Poller(place, other, name);
    await poller.until('2 2');
    await watcher.until(({ event }) => event === 'snapshot');

    const committed = await rollBack(cluster.client(0), name);
    const [{ at: seen }, delivered, polled] = await Promise.all([
      watcher.until(isBack),
      hooked(sink),
      poller.until('1 1'),
    ]);
    watcher.close();
    print(kind, 'commit to watcher', seen - committed, BUDGET.watcher);
    print(kind, 'commit to webhook', delivered - committed, BUDGET.webhook);
    print(kind, 'commit to stock poller', polled - committed, BUDGET.poller);
  });

  it('reaches them when the server is killed between the commit and its dispatch', async () => {
    const place = await newPlace();
    const sink = await startSink(place);
    const cluster = await startCluster(place, { environment: sink.environment });
    const [first] = cluster.servers;
    if (first === undefined) throw new Error('There is no server');
    const name = 'zombie';
    await zombie(cluster.client(0), sink, name);
    const survivor = kind === 'PostgreSQL' ? cluster.servers.at(-1) : undefined;
    const at = survivor?.url ?? first.url;
    const watcher = new Watcher(at, [name]);
    const poller = new Poller(place, at, name);
    await poller.until('2 2');
    await watcher.until(({ event }) => event === 'snapshot');

    const committed = await rollBack(cluster.client(0), name);
    await first.kill();
    const from =
      survivor === undefined
        ? await startServer(place, { port: first.port, environment: sink.environment }).then(() =>
            Date.now(),
          )
        : committed;
    const [{ at: seen }, delivered, polled] = await Promise.all([
      watcher.until(isBack),
      hooked(sink),
      poller.until('1 1'),
    ]);
    watcher.close();
    const since = survivor === undefined ? 'start after kill -9' : 'commit, one replica killed,';
    print(kind, `${since} to watcher`, seen - from, BUDGET.watcher);
    print(kind, `${since} to webhook`, delivered - from, BUDGET.webhook);
    print(kind, 'commit to stock poller, server killed', polled - committed, BUDGET.poller);
    // Nothing was lost, nothing came twice.
    const ids = watcher.events
      .filter(({ event }) => event === 'change')
      .map(({ id }) => Number(id));
    expect(ids).toEqual([...new Set(ids)].sort((one, next) => one - next));
  });
});
