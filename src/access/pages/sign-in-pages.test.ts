import { describe, expect, it } from 'vitest';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { pagesOn, Visitor } from '../testing/pages-on.js';
import { TestClock } from '../testing/sign-in-on.js';
import { safePath } from './forms.js';

const PASSWORD = 'correct horse battery';
const ALICE = { username: 'alice', password: PASSWORD };

describe('where a browser goes after a sign-in', () => {
  it.each([
    ['/', '/'],
    ['/get-artifact?path=a&run_id=b', '/get-artifact?path=a&run_id=b'],
    ['//evil.example', '/'],
    ['/\\evil.example', '/'],
    ['https://evil.example', '/'],
    ['/a\r\nSet-Cookie: x', '/'],
    ['', '/'],
    [null, '/'],
  ])('is for %j: %j', (given, path) => {
    expect(safePath(given)).toBe(path);
  });
});

describe('the pages of signing in', () => {
  forEachDatabase((open) => {
    async function withAlice(settings = {}) {
      const on = await pagesOn(await open(), new TestClock(), settings);
      await on.addUser('alice', PASSWORD);
      return { ...on, visitor: new Visitor() };
    }

    it('let people in and out again, with a new session each time', async () => {
      const { url, visitor } = await withAlice();
      const asked = await visitor.get(`${url}/get-artifact?path=a`);
      expect([asked.status, asked.headers.get('location')]).toEqual([
        303,
        '/signin?next=%2Fget-artifact%3Fpath%3Da',
      ]);
      // A session that somebody else has put there is not taken over.
      const planted = 'p'.repeat(43);
      visitor.cookies.set('runledger_session', planted);
      const entered = await visitor.submit(`${url}${asked.headers.get('location')}`, ALICE);
      expect([entered.status, entered.headers.get('location')]).toEqual([
        303,
        '/get-artifact?path=a',
      ]);
      const first = visitor.cookies.get('runledger_session');
      expect(first).toMatch(/^[\w-]{43}$/);
      expect(first).not.toBe(planted);
      expect(entered.headers.getSetCookie().at(-1)).toMatch(
        /HttpOnly; SameSite=Lax; Max-Age=3600$/,
      );
      const page = await visitor.get(`${url}/`);
      expect(await page.json()).toEqual({ name: 'alice', method: 'session' });

      await visitor.submit(`${url}/signin`, ALICE);
      expect(visitor.cookies.get('runledger_session')).not.toBe(first);
      const left = await visitor.submit(`${url}/signout`, {});
      expect([left.status, left.headers.get('location')]).toEqual([303, '/signin']);
      expect(visitor.cookies.has('runledger_session')).toBe(false);
    });

    it('say what was wrong, and keep no password in the page', async () => {
      const { url, visitor } = await withAlice();
      const hostile = `<script>alert(1)</script>"'`;
      const answer = await visitor.submit(`${url}/signin`, {
        username: hostile,
        password: 'wrong password',
      });
      const page = await answer.text();
      expect(answer.status).toBe(401);
      expect(page).toContain('The user name or the password is wrong');
      expect(page).not.toContain('<script>');
      expect(page).not.toContain('wrong password');
      const policy = answer.headers.get('content-security-policy') ?? '';
      expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self'/);
      expect(policy).not.toMatch(/unsafe|script-src/);
      expect(answer.headers.get('cache-control')).toBe('no-store');
    });

    it('take no form that another page has sent', async () => {
      const { url, visitor } = await withAlice();
      const page = await (await visitor.get(`${url}/signin`)).text();
      const csrf_token = /name="csrf_token" value="([^"]+)"/.exec(page)?.[1] ?? '';
      const own = { Origin: url };
      for (const [fields, headers] of [
        [ALICE, own],
        [{ ...ALICE, csrf_token: 'f'.repeat(43) }, own],
        [{ ...ALICE, csrf_token }, { Origin: 'https://evil.example' }],
        [{ ...ALICE, csrf_token }, { Origin: 'null' }],
        [{ ...ALICE, csrf_token }, { 'Sec-Fetch-Site': 'cross-site' }],
      ] as [Record<string, string>, Record<string, string>][]) {
        const refused = await visitor.post(`${url}/signin`, fields, headers);
        expect(refused.status).toBe(403);
      }
      const stranger = await new Visitor().post(`${url}/signin`, { ...ALICE, csrf_token }, own);
      expect(stranger.status).toBe(403);
      expect((await visitor.post(`${url}/signin`, { ...ALICE, csrf_token }, own)).status).toBe(303);
    });

    it('answer 401 to everything that is no browser asking for a page', async () => {
      const { url } = await withAlice();
      for (const accept of ['*/*', 'application/json']) {
        const answer = await fetch(url, { headers: { Accept: accept } });
        expect(answer.status).toBe(401);
        expect(answer.headers.get('www-authenticate')).toBe('Basic realm="mlflow"');
        expect(await answer.json()).toMatchObject({ error_code: 'UNAUTHENTICATED' });
      }
      const script = await fetch(url, { headers: { 'Sec-Fetch-Site': 'same-origin' } });
      expect(script.headers.get('www-authenticate')).toBe('Bearer realm="mlflow"');
      const wrong = { Accept: 'text/html', Authorization: 'Bearer rl_nothing' };
      expect((await fetch(url, { headers: wrong })).status).toBe(401);
    });

    it('lock out who guesses, and say for how long', async () => {
      const { url, visitor } = await withAlice();
      for (let guess = 0; guess < 10; guess += 1) {
        await visitor.submit(`${url}/signin`, { ...ALICE, password: `a guess, number ${guess}` });
      }
      const locked = await visitor.submit(`${url}/signin`, ALICE);
      expect(locked.status).toBe(401);
      expect(locked.headers.get('retry-after')).toBe('300');
      expect(await locked.text()).toContain('try again in 300 seconds');
    });

    it('set cookies behind https that no other host can set, below a prefix too', async () => {
      const { url, visitor } = await withAlice({ isSecure: true, prefix: '/ml' });
      const asked = await visitor.get(`${url}/`);
      expect(asked.headers.get('location')).toBe('/ml/signin');
      const entered = await visitor.submit(`${url}/signin`, ALICE);
      expect(entered.headers.get('location')).toBe('/ml/');
      expect(entered.headers.getSetCookie()).toEqual([
        expect.stringMatching(
          /^__Host-runledger_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; .*; Secure$/,
        ),
      ]);
    });

    it('refuse what is no form, is too long, or holds what no name can', async () => {
      const { url, visitor } = await withAlice();
      const json = await fetch(`${url}/signin`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(ALICE),
      });
      expect(json.status).toBe(400);
      const long = await visitor.submit(`${url}/signin`, { ...ALICE, next: 'n'.repeat(20_000) });
      expect(long.status).toBe(400);
      const nul = await visitor.submit(`${url}/signin`, { ...ALICE, username: 'a\0b' });
      expect(nul.status).toBe(401);
    });

    it('make the first administrator, once', async () => {
      const { url, setup } = await pagesOn(await open(), new TestClock());
      const visitor = new Visitor();
      const chosen = { username: 'admin', password: undefined, setupToken: undefined };
      const token = (await setup.prepare(chosen)) ?? '';
      expect((await visitor.get(`${url}/signin`)).headers.get('location')).toBe('/setup');
      const wrong = await visitor.submit(`${url}/setup`, { setup_token: 'wrong', ...ALICE });
      expect(wrong.status).toBe(403);
      const made = await visitor.submit(`${url}/setup`, { setup_token: token, ...ALICE });
      expect(made.headers.get('location')).toBe('/');
      expect(await (await visitor.get(url)).json()).toMatchObject({ name: 'alice' });
      expect((await visitor.get(`${url}/setup`)).headers.get('location')).toBe('/signin');
      expect((await visitor.get(`${url}/signin`)).status).toBe(200);
    });
  });
});
