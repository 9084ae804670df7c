import { expect, it } from 'vitest';
import { AuditStore } from '../../audit/audit.store.js';
import { AuditTrail } from '../../audit/audit-trail.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { basic, signInOn, TestClock } from '../testing/sign-in-on.js';
import { AuditedSignIns } from './sign-in-watch.js';

const PASSWORD = 'correct horse battery';

forEachDatabase((open) => {
  async function watched() {
    const database = await open();
    const clock = new TestClock();
    const store = new AuditStore(database);
    const trail = new AuditTrail({ database, store, now: clock.now });
    const on = signInOn(database, clock, { watch: new AuditedSignIns(trail) });
    await on.addUser('alice', PASSWORD);
    const wrong = (password: string, username = 'alice') =>
      on.identify({ ...basic(username, password), 'User-Agent': 'guesser\n1' }).catch(() => 'no');
    const entries = async () =>
      (await store.rows(database.read, 0, 1_000, 1_000)).map(({ action, object_id, ...row }) => ({
        ...{ action, object_id, decision: row.decision, reason: row.reason },
        entry: JSON.parse(row.entry) as Record<string, unknown>,
      }));
    return { ...on, clock, wrong, entries };
  }

  it('tells of wrong passwords and of the lock that follows, a few times a minute', async () => {
    const { wrong, entries, identify, clock } = await watched();
    await identify(basic('alice', PASSWORD));
    for (let index = 0; index < 30; index += 1) await wrong(`guess ${index}`);
    const first = await entries();
    expect(first.filter(({ action }) => action === 'sign_in.fail')).toHaveLength(5);
    expect(first[0]).toMatchObject({
      ...{ object_id: 'alice', decision: 'denied', reason: 'wrong user name or password' },
      entry: {
        actor: { name: 'anonymous', method: 'password' },
        origin: { address: '203.0.113.9', user_agent: 'guesser?1' },
      },
    });
    expect(first.filter(({ action }) => action === 'sign_in.lock_out')).toMatchObject([
      { object_id: 'alice', entry: { after: { locked_until: clock.now() + 300_000 } } },
    ]);
    expect(JSON.stringify(first)).not.toContain('guess ');
    clock.pass(61_000);
    await wrong('one more');
    expect((await entries()).at(-1)).toMatchObject({
      ...{ action: 'sign_in.fail', reason: 'locked after too many failures' },
      entry: { after: { suppressed: 25 } },
    });
  });

  it('tells of tokens that are not good, and not what they are', async () => {
    const { identify, entries } = await watched();
    const secret = `rl_${'x'.repeat(43)}`;
    const bearer = (token: string) => identify({ Authorization: `Bearer ${token}` });
    await expect(bearer(secret)).rejects.toThrow('not valid');
    await expect(bearer('eyJhbGciOiJub25lIn0.e30.x')).rejects.toThrow('not valid');
    const found = await entries();
    expect(found).toMatchObject([
      { action: 'sign_in.fail', entry: { actor: { method: 'token' } } },
      { action: 'sign_in.fail', entry: { actor: { method: 'jwt' } } },
    ]);
    expect(JSON.stringify(found)).not.toContain('xxxx');
  });
});
