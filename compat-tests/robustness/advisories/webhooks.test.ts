import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { places } from '../support/place.js';
import { expectRefused, startTarget, type Target } from './target.js';

const newPlace = places();
let target: Target;
let bait: Server;
let contacts = 0;
let port = 0;

beforeAll(async () => {
  bait = createServer((socket) => {
    contacts += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => bait.listen(0, '127.0.0.1', resolve));
  port = (bait.address() as { port: number }).port;
  target = await startTarget(await newPlace());
});
afterAll(() => new Promise((resolve) => bait.close(resolve)));

const events = [{ entity: 'REGISTERED_MODEL', action: 'CREATED' }];
const WEBHOOKS = '/api/2.0/mlflow/webhooks';

describe('class 6: a webhook reaches nothing inside (CVE-2026-64849 and its first mend)', () => {
  it.each([
    ...['127.0.0.1', 'localhost', 'localhost.', 'LOCALHOST', '127.1', '127.0.1', '0', '0.0.0.0'],
    ...['2130706433', '0x7f000001', '0x7f.1', '0177.0.0.1', '017700000001', '127.0.0.1.'],
    ...['[::1]', '[::]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[0:0:0:0:0:ffff:127.0.0.1]'],
    ...['[64:ff9b::7f00:1]', '[fd00::1]', '[fe80::1]', '[ff02::1]', '[2002:7f00:1::]'],
    ...['169.254.169.254', '2852039166', '[::ffff:169.254.169.254]', '[fd00:ec2::254]'],
    ...['10.0.0.1', '172.16.0.1', '192.168.0.1', '100.64.0.1', '224.0.0.1', '255.255.255.255'],
    ...['user@127.0.0.1', 'example.org@127.0.0.1', '①②⑦.⓪.⓪.①', '%31%32%37.0.0.1'],
  ])('https://%s', async (host) => {
    const url = `https://${host}:${port}/hook`;
    const reply = await target.json('POST', WEBHOOKS, { name: host, url, events });
    if (reply.status === 200) {
      const { webhook_id } = JSON.parse(reply.text).webhook;
      const test = await target.json('POST', `${WEBHOOKS}/${webhook_id}/test`, {});
      expect(test.status, test.text).toBeLessThan(500);
      expect(JSON.parse(test.text).result?.success ?? false, test.text).toBe(false);
      await target.send('DELETE', `${WEBHOOKS}/${webhook_id}`);
    } else {
      expectRefused(reply, url);
    }
    expect(contacts).toBe(0);
  });

  it.each(['http', 'ftp', 'file', 'gopher', 'javascript', 'data', 'unix'])(
    'not by the scheme %s',
    async (scheme) => {
      const url = `${scheme}://example.org:${port}/hook`;
      expectRefused(await target.json('POST', WEBHOOKS, { name: 'x', url, events }), url);
    },
  );

  it('nor by a change of one that was allowed', async () => {
    const good = { name: 'good', url: 'https://93.184.215.14/hook', events };
    const made = await target.json('POST', WEBHOOKS, good);
    expect(made.status, made.text).toBe(200);
    const { webhook_id } = JSON.parse(made.text).webhook;
    const url = `http://127.0.0.1:${port}/hook`;
    const change = await target.json('PATCH', `${WEBHOOKS}/${webhook_id}`, { url });
    expectRefused(change, url);
    await target.send('DELETE', `${WEBHOOKS}/${webhook_id}`);
    expect(contacts).toBe(0);
  });
});
