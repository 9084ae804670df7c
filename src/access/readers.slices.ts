import type { Config } from '../platform/config/config.js';
import type { Database } from '../platform/db/database.js';
import { floorOf } from './guard/floor.js';
import { GrantReader } from './guard/grants.store.js';
import { HolderStore } from './guard/holders.store.js';
import { Judge } from './guard/judge.js';
import { Standings } from './guard/standings.js';
import { Targets } from './guard/targets.js';
import { Policies } from './policy/policies.js';
import { UserStore } from './users/users.store.js';

/** Tells of somebody who is not there to ask whether he may read a model now. */
export function openReaders(
  { auth, workspaces }: Pick<Config, 'auth' | 'workspaces'>,
  database: Database,
): (userId: number, model: string) => Promise<boolean> {
  const grants = new GrantReader(database);
  const users = new UserStore(database);
  const judge = new Judge({
    ...{ policies: new Policies(auth.policies), grants },
    standings: new Standings(grants, floorOf(auth, workspaces)),
    targets: new Targets(new HolderStore(database), database.read),
    inScope: () => true,
  });
  return async (userId, model) => {
    const user = await users.get(database.read, userId);
    if (user === undefined) return false;
    const { username: name, isAdmin } = user;
    if (isAdmin) return true;
    const caller = { name, userId, isAdmin, method: 'password' } as const;
    return judge.allows(caller, { access: 'read', of: 'registered_model', id: model });
  };
}
