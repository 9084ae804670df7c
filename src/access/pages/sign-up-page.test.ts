import { expect, it } from 'vitest';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { pagesOn, Visitor } from '../testing/pages-on.js';
import { basic, TestClock } from '../testing/sign-in-on.js';

const PASSWORD = 'correct horse battery';
const NEW = { username: 'new', password: 'a long password' };
const CREATE = '/api/2.0/mlflow/users/create-ui';

forEachDatabase((open) => {
  async function withRoot() {
    const database = await open();
    const on = await pagesOn(database, new TestClock());
    await on.addUser('root', PASSWORD, true);
    await on.addUser('alice', PASSWORD);
    const exists = async () => (await on.users.find(database.read, 'new')) !== undefined;
    return { ...on, exists, visitor: new Visitor() };
  }

  it('lets administrators make accounts', async () => {
    const { url, visitor, exists } = await withRoot();
    const asked = await visitor.get(`${url}/signup`);
    expect([asked.status, asked.headers.get('location')]).toEqual([
      ...[303, '/signin?next=%2Fsignup'],
    ]);
    await visitor.submit(`${url}/signin`, { username: 'root', password: PASSWORD });
    const page = await (await visitor.get(`${url}/signup`)).text();
    expect(page).toContain(`action="${CREATE}"`);
    const fields = Object.fromEntries(
      [...page.matchAll(/type="hidden" name="(\w+)" value="([^"]*)"/g)].map((m) => m.slice(1)),
    ) as Record<string, string>;
    const own = { Origin: url };
    for (const [form, status, says] of [
      [{ ...NEW, password: 'short' }, 400, 'Password must be at least 12 characters.'],
      [NEW, 200, 'Successfully signed up user: new'],
      [NEW, 400, 'User (username=new) already exists.'],
    ] as const) {
      const answer = await visitor.post(`${url}${CREATE}`, { ...fields, ...form }, own);
      expect(answer.status).toBe(status);
      expect(await answer.text()).toContain(says);
    }
    expect(await exists()).toBe(true);
  });

  it('is closed to others, and to pages of others', async () => {
    const { url, visitor, exists } = await withRoot();
    const root = basic('root', PASSWORD);
    const alice = basic('alice', PASSWORD);
    const page = await visitor.get(`${url}/signup`, root);
    const csrf_token = /name="csrf_token" value="([^"]+)"/.exec(await page.text())?.[1] ?? '';
    expect((await visitor.get(`${url}/signup`, alice)).status).toBe(403);
    const post = async (fields: Record<string, string>, headers: Record<string, string>) =>
      (await visitor.post(`${url}${CREATE}`, { ...NEW, ...fields }, headers)).status;
    expect(await post({ csrf_token }, alice)).toBe(403);
    expect(await post({}, root)).toBe(403);
    expect(await post({ csrf_token: 'f'.repeat(43) }, root)).toBe(403);
    expect(await post({ csrf_token }, { ...root, Origin: 'https://evil.example' })).toBe(403);
    expect(await post({ csrf_token }, {})).toBe(401);
    expect(await exists()).toBe(false);
    expect(await post({ csrf_token }, root)).toBe(200);
    expect(await exists()).toBe(true);
  });
});
