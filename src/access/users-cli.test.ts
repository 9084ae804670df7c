import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { forEachDatabase } from '../testing/for-each-database.js';
import { verifyPassword } from './passwords.js';
import { accessOn } from './testing/access-on.js';
import { UsersCli } from './users-cli.js';

forEachDatabase((open) => {
  async function commandLine() {
    const access = await accessOn(await open());
    const printed: string[] = [];
    const cli = new UsersCli({
      ...{ database: access.database, now: () => 1 },
      trail: {
        record: async (_, { caller }, deed) => {
          access.deeds.push({ ...deed, by: caller.name });
        },
      },
      print: (line) => void printed.push(line),
    });
    const passwordOf = async (name: string, password: string) => {
      const user = await access.userStore.find(access.database.read, name);
      return verifyPassword(user?.passwordHash ?? '', password);
    };
    return { ...access, cli, printed, passwordOf };
  }

  it('makes, shows, changes and deletes accounts', async () => {
    const { cli, printed, passwordOf, deeds } = await commandLine();
    await cli.create('ann', 'a long password', true);
    await cli.create('bob', 'a long password', false);
    expect(await passwordOf('ann', 'a long password')).toBe(true);
    await cli.setPassword('bob', 'another password');
    expect(await passwordOf('bob', 'another password')).toBe(true);
    await cli.makeAdmin('bob');
    await cli.makeAdmin('bob');
    await cli.delete('ann');
    await cli.delete('root');
    printed.length = 0;
    await cli.list();
    expect(printed).toEqual(['bob\tadmin']);
    expect(deeds.map(({ action, by }) => `${action} by ${by}`)).toEqual([
      'user.create by command line',
      'user.create by command line',
      'user.update_password by command line',
      'user.update_admin by command line',
      'user.delete by command line',
      'user.delete by command line',
    ]);
  });

  it('refuses what the API refuses', async () => {
    const { cli } = await commandLine();
    await expect(cli.create('root', 'a long password', false)).rejects.toThrow('already exists');
    await expect(cli.create('a:b', 'a long password', false)).rejects.toThrow('colons');
    await expect(cli.create('ann', 'short', false)).rejects.toThrow('at least 12 characters');
    await expect(cli.setPassword('ann', 'a long password')).rejects.toThrow('not found');
    await expect(cli.delete('ann')).rejects.toThrow('User with username=ann not found');
  });

  it('says in one sentence why there is nothing to import', async () => {
    const { cli } = await commandLine();
    await expect(cli.import('sqlite:////no/such/file.db')).rejects.toThrow(
      "Can't read the accounts in '/no/such/file.db'",
    );
    const folder = await mkdtemp(join(tmpdir(), 'runledger-cli-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    await writeFile(join(folder, 'text.db'), 'no database at all, only a text of some length');
    await expect(cli.import(`sqlite:///${join(folder, 'text.db')}`)).rejects.toThrow();
  });
});
