import { systemClock } from '../../platform/clock.js';
import type { Config } from '../../platform/config/config.js';
import type { Database } from '../../platform/db/database.js';
import { openDatabase } from '../../platform/db/open.js';
import type { Trail } from '../../platform/trail.js';
import { ensureBuiltInRoles } from '../roles/built-in-roles.js';
import { RightStore } from '../roles/rights.store.js';
import { RoleStore } from '../roles/roles.store.js';
import { UserStore } from '../users/users.store.js';
import { SetupService } from './setup.service.js';
import { SetupStore } from './setup.store.js';

/**
 * Sees to the first administrator of a migrated database, once for all processes of a server.
 *
 * @param trailOf the audit log in a database
 * @returns what is to be printed, and never again
 * @throws Error with one sentence for settings that nobody could sign in with
 */
export async function firstStart(
  config: Config,
  trailOf: (database: Database) => Trail,
): Promise<string | undefined> {
  const database = await openDatabase({
    ...{ ...config, location: config.database, replica: undefined, scanThreads: 0 },
  });
  try {
    const trail = trailOf(database);
    await ensureBuiltInRoles(database, new RoleStore(database), new RightStore(), trail);
    const setup = new SetupService({
      ...{ database, users: new UserStore(database), store: new SetupStore() },
      ...{ trail, now: systemClock },
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
