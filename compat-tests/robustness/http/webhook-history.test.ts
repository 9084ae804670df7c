import { expect, it } from 'vitest';
import { createModel } from '../support/api.js';
import { Client } from '../support/client.js';
import { onBothDatabases } from '../support/place.js';
import { startServer } from '../support/server.js';
import { startSink } from '../support/sink.js';

interface Delivery {
  readonly delivery_id: string;
  readonly status: string;
  readonly attempts: number;
  readonly request_body?: string;
}

onBothDatabases((newPlace) => {
  it('shows one delivery, and sends it again under its id', async () => {
    const place = await newPlace();
    const sink = await startSink(place);
    const server = await startServer(place, { environment: sink.environment });
    const client = new Client(server.url);
    const events = [{ entity: 'REGISTERED_MODEL', action: 'CREATED' }];
    const { webhook } = await client.ok<{ webhook: { webhook_id: string } }>('POST', 'webhooks', {
      ...{ name: 'hook', url: sink.url, events },
    });
    await createModel(client, 'm');
    await sink.until((received) => received.length === 1);

    const path = `webhooks/${webhook.webhook_id}/deliveries`;
    const list = await client.ok<{ deliveries: Delivery[] }>('GET', path);
    const id = list.deliveries[0]?.delivery_id ?? '';
    const shown = await client.ok<{ delivery: Delivery }>('GET', `${path}/${id}`);
    expect(shown.delivery.request_body).toBe(sink.received[0]?.body);

    await client.ok('POST', `${path}/${id}/redeliver`, {});
    await sink.until((received) => received.length === 2);
    expect(sink.received.map(({ deliveryId }) => deliveryId)).toEqual([id, id]);
    client.close();
    expect((await server.stop()).code).toBe(0);
  });
});
