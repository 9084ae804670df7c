import { expect, it } from 'vitest';
import { createModel } from '../support/api.js';
import { Client } from '../support/client.js';
import { startCluster, together } from '../support/cluster.js';
import { onBothDatabases } from '../support/place.js';
import { startServer } from '../support/server.js';
import { type Received, type Sink, startSink } from '../support/sink.js';

const OWN = '/api/governance/v1';
/** Milliseconds after a commit, or after a start, in which a receiver has to be told. */
const SOON = 2_000;
const TAGS = ['1', '2', '3', '4', '5'];

interface Event {
  readonly type: string;
  readonly data: { readonly model: string; readonly value?: string };
}

const eventOf = ({ body }: Received): Event => JSON.parse(body);

async function subscribe(client: Client, { url }: Sink): Promise<string> {
  const body = JSON.stringify({ channel: 'webhook', events: ['*'], url });
  const headers = { 'Content-Type': 'application/json' };
  const answer = await client.ask({ method: 'POST', path: `${OWN}/subscriptions`, headers, body });
  expect(answer.status, answer.text).toBe(200);
  return answer.json<{ subscription: { subscription_id: string } }>().subscription.subscription_id;
}

const setTag = (client: Client, name: string, value: string) =>
  client.ok('POST', 'registered-models/set-tag', { name, key: 'n', value });

/** What one model's receiver was told, without what came twice in a row. */
function toldOf(received: readonly Received[], name: string): (string | undefined)[] {
  const mine = received.filter((message) => eventOf(message).data.model === name);
  const ids = mine.map(({ headers }) => headers['webhook-id']);
  return mine
    .filter((_, index) => ids.indexOf(ids[index]) === index)
    .map((message) => eventOf(message).data.value);
}

const isWhole = (received: readonly Received[], names: readonly string[]) =>
  names.every((name) => toldOf(received, name).length === TAGS.length + 1);

onBothDatabases((newPlace, kind) => {
  it('tells within two seconds of a restart what was stored before the kill, in its order', async () => {
    const place = await newPlace();
    const sink = await startSink(place);
    sink.status = undefined;
    const server = await startServer(place, { environment: sink.environment });
    const client = new Client(server.url);
    const id = await subscribe(client, sink);
    const names = ['a', 'b', 'c', 'd'];
    for (const name of names) await createModel(client, name);
    for (const value of TAGS) await together(4, (n) => setTag(client, names[n] ?? '', value));
    await server.kill();
    client.close();

    sink.status = 200;
    const before = sink.received.length;
    const again = await startServer(place, { port: server.port, environment: sink.environment });
    const ready = Date.now();
    await sink.until((received) => isWhole(received.slice(before), names));
    const took = Date.now() - ready;
    console.log(`${kind}: told all ${took} ms after the restart`);
    expect(took).toBeLessThan(SOON);
    for (const name of names) {
      expect(toldOf(sink.received.slice(before), name)).toEqual([undefined, ...TAGS]);
    }
    const reader = new Client(again.url);
    const history = await reader.ask({ path: `${OWN}/subscriptions/${id}/deliveries` });
    const { deliveries } = history.json<{ deliveries: { status: string }[] }>();
    expect(deliveries).toHaveLength(names.length * (TAGS.length + 1));
    reader.close();
  });

  it('tells within two seconds of a commit, whichever server dies', async () => {
    const place = await newPlace();
    const sink = await startSink(place);
    const cluster = await startCluster(place, { environment: sink.environment });
    await subscribe(cluster.client(0), sink);
    const times: number[] = [];
    for (let n = 0; n < 20; n += 1) {
      const begin = Date.now();
      await createModel(cluster.client(n), `quick${n}`);
      await sink.until((received) => received.length > n);
      times.push(Date.now() - begin);
    }
    const slowest = Math.max(...times);
    console.log(`${kind}: told at the latest ${slowest} ms after the change was asked for`);
    expect(slowest).toBeLessThan(SOON);
    if (cluster.servers.length === 1) return;

    // The one that has stored them dies over them; the other one tells.
    sink.status = undefined;
    const names = ['a', 'b', 'c', 'd'];
    const [dying] = cluster.servers;
    const first = cluster.client(0);
    for (const name of names) await createModel(first, name);
    for (const value of TAGS) await together(4, (n) => setTag(first, names[n] ?? '', value));
    await dying?.kill();
    sink.status = 200;
    const before = sink.received.length;
    const killed = Date.now();
    await sink.until((received) => isWhole(received, names));
    console.log(`${kind}: the other server told all ${Date.now() - killed} ms after the kill`);
    for (const name of names) {
      expect(toldOf(sink.received, name)).toEqual([undefined, ...TAGS]);
    }
    expect(sink.received.length).toBeGreaterThan(before);
  });
});
