import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createApp } from '../app.js';
import { toConfig } from '../platform/config/config.js';
import type { RawSettings } from '../platform/config/raw-settings.js';
import { createLog } from '../platform/log.js';
import { forEachDatabase } from '../testing/for-each-database.js';
import { hashPassword } from './passwords.js';
import { Visitor } from './testing/pages-on.js';
import { basic } from './testing/sign-in-on.js';
import { UserStore } from './users/users.store.js';

const PASSWORD = 'correct horse battery';
const TOKENS = '/api/runledger/v1/tokens';
const EXPERIMENTS = '/api/2.0/mlflow/experiments';

describe('a whole server that asks who comes in', () => {
  forEachDatabase((open) => {
    async function serve(settings: RawSettings = {}) {
      const database = await open();
      const users = new UserStore(database);
      const passwordHash = await hashPassword(PASSWORD);
      await database.write((tx) =>
        users.insert(tx, { username: 'root', passwordHash, isAdmin: true, now: 1 }),
      );
      const config = toConfig({ auth: 'true', allowedHosts: '*', ...settings });
      const app = await createApp(config, database, createLog('silent'));
      const server = createServer(app);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      onTestFinished(() => {
        server.closeAllConnections();
        server.close();
      });
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const call = async (method: string, path: string, headers: object, body?: object) => {
        const response = await fetch(`${url}${path}`, {
          method,
          headers: { ...headers, ...(body ? { 'Content-Type': 'application/json' } : {}) },
          ...(body ? { body: JSON.stringify(body) } : {}),
        });
        const answer = (await response.json()) as Record<string, unknown>;
        return { status: response.status, answer };
      };
      return { url, call };
    }

    it('takes passwords and tokens, each for what it may do', async () => {
      const { call } = await serve();
      const root = basic('root', PASSWORD);
      expect((await call('GET', `${TOKENS}`, {})).status).toBe(401);
      const mint = (scopes: string[]) => call('POST', TOKENS, root, { name: 'ci', scopes });
      const { answer } = await mint(['read']);
      const reading = { Authorization: `Bearer ${answer.token}` };
      const search = { max_results: 1 };
      expect((await call('POST', `${EXPERIMENTS}/search`, reading, search)).status).toBe(200);
      const create = (headers: object, name: string) =>
        call('POST', `${EXPERIMENTS}/create`, headers, { name });
      expect(await create(reading, 'by a reader')).toMatchObject({
        status: 403,
        answer: { error_code: 'PERMISSION_DENIED' },
      });
      const writing = { Authorization: `Bearer ${(await mint(['write'])).answer.token}` };
      expect((await create(writing, 'by a writer')).status).toBe(200);
      const model = { name: 'by a writer of runs' };
      const models = '/api/2.0/mlflow/registered-models/create';
      expect((await call('POST', models, writing, model)).status).toBe(403);
      expect((await call('POST', TOKENS, writing, { name: 'x', scopes: ['read'] })).status).toBe(
        403,
      );

      // An administrator's token makes no accounts unless it was made for that, but knows whose it is.
      const users = '/api/2.0/mlflow/users';
      const eve = { username: 'eve', password: PASSWORD };
      expect((await call('POST', `${users}/create`, writing, eve)).status).toBe(403);
      expect((await call('GET', `${users}/current`, writing)).status).toBe(200);

      const listed = await call('GET', TOKENS, root);
      expect(listed.answer.tokens).toHaveLength(2);
      expect(JSON.stringify(listed.answer)).not.toContain('rl_');
      const { token_id } = answer.token_info as { token_id: string };
      expect((await call('DELETE', `${TOKENS}/${token_id}`, root)).status).toBe(200);
      expect((await call('DELETE', `${TOKENS}/${token_id}`, root)).status).toBe(404);
      expect((await mint(['everything'])).status).toBe(400);
      expect((await call('GET', `${TOKENS}?max_results=0`, root)).status).toBe(400);
    });

    it('lets a browser in, and no other site through it', async () => {
      const { url } = await serve();
      const visitor = new Visitor();
      expect((await visitor.get(url)).headers.get('location')).toBe('/signin');
      await visitor.submit(`${url}/signin`, { username: 'root', password: PASSWORD });
      expect((await visitor.get(url)).status).toBe(200);
      const create = (name: string, headers: Record<string, string>) =>
        fetch(`${url}/ajax-api/2.0/mlflow/experiments/create`, {
          method: 'POST',
          headers: {
            ...headers,
            'Content-Type': 'application/json',
            Cookie: `runledger_session=${visitor.cookies.get('runledger_session')}`,
          },
          body: JSON.stringify({ name }),
        });
      expect((await create('own', { 'Sec-Fetch-Site': 'same-origin' })).status).toBe(200);
      expect((await create('none', {})).status).toBe(403);
      expect((await create('foreign', { Origin: 'https://evil.example' })).status).toBe(403);
      expect((await create('page', { 'Sec-Fetch-Site': 'cross-site' })).status).toBe(403);
    });

    it('believes the proxies that it was told of, and nobody else', async () => {
      const forwarded = { 'X-Forwarded-Proto': 'https', 'X-Forwarded-For': '198.51.100.7' };
      const cookiesOf = async (settings: RawSettings) => {
        const { url } = await serve(settings);
        const page = await new Visitor().get(`${url}/signin`, forwarded);
        return page.headers.getSetCookie().join();
      };
      expect(await cookiesOf({})).not.toContain('Secure');
      expect(await cookiesOf({ trustedProxies: '127.0.0.1' })).toContain('__Host-');
    });

    it('has no set-up while nobody has asked for one', async () => {
      const { call } = await serve();
      const wish = { setup_token: 'guess', username: 'eve', password: PASSWORD };
      expect((await call('POST', '/api/runledger/v1/setup', {}, wish)).status).toBe(403);
      expect((await call('POST', '/api/runledger/v1/setup', {}, {})).status).toBe(400);
    });
  });
});
