import { createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import { createModel } from '../support/api.js';
import { Client } from '../support/client.js';
import { startCluster, together } from '../support/cluster.js';
import { onBothDatabases } from '../support/place.js';
import { startServer } from '../support/server.js';
import { type Received, type Sink, startSink } from '../support/sink.js';

interface Delivery {
  readonly delivery_id: string;
  readonly status: string;
  readonly attempts: number;
}

const SECRET = 's3cr€t';

async function createWebhook(client: Client, { url }: Sink): Promise<string> {
  const events = [{ entity: 'REGISTERED_MODEL', action: 'CREATED' }];
  const message = { name: 'hook', url, events, secret: SECRET };
  const made = await client.ok<{ webhook: { webhook_id: string } }>('POST', 'webhooks', message);
  return made.webhook.webhook_id;
}

async function deliveries(client: Client, webhook: string): Promise<readonly Delivery[]> {
  const path = `webhooks/${webhook}/deliveries`;
  const page = await client.ok<{ deliveries?: Delivery[] }>('GET', path, { max_results: 1_000 });
  return page.deliveries ?? [];
}

const modelOf = ({ body }: Received): string => JSON.parse(body).data.name;
const modelsOf = (received: readonly Received[]) => new Set(received.map(modelOf));

function checkSignature({ deliveryId, headers, body }: Received): void {
  const signed = `${deliveryId}.${headers['x-mlflow-timestamp']}.${body}`;
  const signature = createHmac('sha256', SECRET).update(signed).digest('base64');
  expect(headers['x-mlflow-signature']).toBe(`v1,${signature}`);
}

onBothDatabases((newPlace) => {
  it('delivers after a restart what was stored before the kill', async () => {
    const place = await newPlace();
    const sink = await startSink(place);
    // The receiver takes the message and says nothing: the server dies over it.
    sink.status = undefined;
    const server = await startServer(place, { environment: sink.environment });
    const client = new Client(server.url);
    const webhook = await createWebhook(client, sink);
    const names = ['m1', 'm2', 'm3', 'm4', 'm5', 'm6', 'm7', 'm8'];
    for (const name of names) await createModel(client, name);
    await server.kill();
    client.close();
    const before = [...sink.received];

    sink.status = 200;
    const again = await startServer(place, { port: server.port, environment: sink.environment });
    const reader = new Client(again.url);
    await sink.until((received) => modelsOf(received.slice(before.length)).size === names.length);
    sink.received.forEach(checkSignature);
    // What came twice came under one id: receivers can tell.
    for (const name of names) {
      const same = sink.received.filter((message) => modelOf(message) === name);
      expect(new Set(same.map(({ deliveryId }) => deliveryId)).size, name).toBe(1);
    }
    expect((await again.stop()).code).toBe(0);
    reader.close();

    const last = await startServer(place, { environment: sink.environment });
    const historian = new Client(last.url);
    const history = await deliveries(historian, webhook);
    expect(history.map(({ status }) => status)).toEqual(names.map(() => 'SUCCEEDED'));
    const count = sink.received.length;
    await createModel(historian, 'm9');
    await sink.until((received) => received.length > count);
    expect(sink.received.slice(count).map(modelOf)).toEqual(['m9']);
    historian.close();
  });

  it('delivers once each with all servers at work, and what a stop left over', async () => {
    const place = await newPlace();
    const sink = await startSink(place);
    const cluster = await startCluster(place, { environment: sink.environment });
    const client = cluster.client(0);
    const webhook = await createWebhook(client, sink);
    const count = 60;
    await together(count, (index) => createModel(cluster.client(index), `m${index}`));
    await sink.until((received) => modelsOf(received).size === count);
    expect(sink.received.length).toBe(count);

    sink.status = 503;
    await createModel(client, 'last');
    await sink.until((received) => received.length > count);
    const ended = await Promise.all(cluster.servers.map((server) => server.stop()));
    expect(ended.map(({ code }) => code)).toEqual(ended.map(() => 0));
    sink.status = 200;
    const refused = sink.received.length;
    const again = await startServer(place, { environment: sink.environment });
    const reader = new Client(again.url);
    await sink.until((received) => received.length > refused);
    expect(new Set(sink.received.slice(count).map(modelOf))).toEqual(new Set(['last']));
    const secrets = (await reader.call('GET', `webhooks/${webhook}`, {})).text;
    expect(secrets + again.log() + ended.map(({ stderr }) => stderr)).not.toContain(SECRET);
    for (const each of [...cluster.clients, reader]) each.close();
  });
});
