import { systemClock } from '../../platform/clock.js';
import type { Config } from '../../platform/config/config.js';
import { openDatabase } from '../../platform/db/open.js';
import { noTrail } from '../../platform/trail.js';
import { ensureBuiltInRoles } from '../roles/built-in-roles.js';
import { RightStore } from '../roles/rights.store.js';
import { RoleStore } from '../roles/roles.store.js';
import { UserStore } from '../users/users.store.js';
import { SetupService } from './setup.service.js';
import { SetupStore } from './setup.store.js';

/**
 * Sees to the first administrator of a migrated database, once for all processes of a server.
 *
 * @returns what is to be printed, and never again
 * @throws Error with one sentence for settings that nobody could sign in with
 */
export async function firstStart(config: Config): Promise<string | undefined> {
  const database = await openDatabase({
    ...{ ...config, location: config.database, replica: undefined, scanThreads: 0 },
  });
  try {
    await ensureBuiltInRoles(database, new RoleStore(database), new RightStore());
    const setup = new SetupService({
      ...{ database, users: new UserStore(database), store: new SetupStore() },
      ...{ trail: noTrail, now: systemClock },
    });
    const token = await setup.prepare({
      username: config.auth.adminUsername,
      password: config.auth.adminPassword,
      setupToken: config.signIn.setupToken,
    });
    if (token === undefined) return undefined;
    return (
      'There is no administrator yet. For a day, whoever has this set-up token makes the first ' +
      `administrator at ${config.staticPrefix}/setup:\n  ${token}\n`
    );
  } finally {
    await database.close();
  }
}
