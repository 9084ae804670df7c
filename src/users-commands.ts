import type { Command } from 'commander';
import type { UsersCli } from './access/users-cli.js';
import type { Config } from './platform/config/config.js';
import { addServerFlags } from './platform/config/flags.js';
import type { RawSettings } from './platform/config/raw-settings.js';

type Work = (
  users: UsersCli,
  name: string,
  options: Readonly<Record<string, unknown>>,
) => Promise<void>;

/** `runledger users ...`. @param toConfig settings of flags and environment */
export function addUserCommands(
  program: Command,
  toConfig: (options: RawSettings) => Promise<Config>,
  password: string | undefined,
): void {
  const users = program.command('users').description('accounts, straight on the database');
  const add = (usage: string, description: string, work: Work) =>
    addServerFlags(users.command(usage).description(description)).action(
      async (...given: unknown[]) => {
        const [name, options] = given.length === 3 ? given : ['', given[0]];
        const settings = options as RawSettings & Record<string, unknown>;
        await withUsers(await toConfig(settings), (cli) => work(cli, String(name), settings));
      },
    );
  add('list', 'show all accounts', (cli) => cli.list());
  add('create <username>', 'make an account; reads the password', async (cli, name, { admin }) =>
    cli.create(name, await cli.readPassword(password), admin === true),
  ).option('--admin', 'it may do everything');
  add('set-password <username>', 'reads the new password', async (cli, name) =>
    cli.setPassword(name, await cli.readPassword(password)),
  );
  add('make-admin <username>', 'let an account do everything', (cli, name) => cli.makeAdmin(name));
  add('delete <username>', 'delete an account and what was granted to it', (cli, name) =>
    cli.delete(name),
  );
  add('import', "add MLflow's accounts, roles and permissions", (cli, _, { from }) =>
    cli.import(String(from)),
  ).requiredOption('--from <uri>', 'sqlite:///basic_auth.db or postgresql://...');
}

async function withUsers(config: Config, work: (cli: UsersCli) => Promise<void>): Promise<void> {
  // Loaded for these commands alone: a server starts without.
  const [{ migrate }, { openDatabase }, { UsersCli }, { systemClock }, { auditSlices }] =
    await Promise.all([
      import('./run-server.js'),
      import('./platform/db/open.js'),
      import('./access/users-cli.js'),
      import('./platform/clock.js'),
      import('./audit-slices.js'),
    ]);
  await migrate(config);
  const database = await openDatabase({ ...config, location: config.database, scanThreads: 0 });
  const print = (line: string) => void process.stdout.write(`${line}\n`);
  try {
    const { trail } = auditSlices(config, database, systemClock);
    await work(new UsersCli({ database, trail, now: systemClock, print }));
  } finally {
    await database.close();
  }
}
