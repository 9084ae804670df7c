import { beforeAll, expect, it } from 'vitest';
import { inWorkspace } from '../../platform/db/workspace.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { Policies } from '../policy/policies.js';
import { type Access, accessOn } from '../testing/access-on.js';
import { GrantReader } from './grants.store.js';
import { HolderStore } from './holders.store.js';
import { Judge } from './judge.js';
import { Standings } from './standings.js';
import { Targets } from './targets.js';

forEachDatabase((open) => {
  let a: Access;
  let judge: Judge;
  beforeAll(async () => {
    a = await accessOn(await open());
    const root = await a.by('root');
    for (const name of ['ann', 'bob', 'cat']) await a.users.create(name, 'a long password', root);
    const here = inWorkspace(a.database, 'other');
    const grants = new GrantReader(here);
    judge = new Judge({
      ...{ policies: new Policies(), grants, membersOnly: true, inScope: () => true },
      targets: new Targets(new HolderStore(here), here.read),
      standings: new Standings(grants, 'NO_PERMISSIONS'),
    });
  });

  const makes = async (name: string, of: 'experiment' | 'registered_model') =>
    judge.allows((await a.by(name)).caller, { access: 'create', of, id: '' });
  const give = async (name: string, workspace: string, type: string, permission: string) => {
    const root = await a.by('root');
    const role = await a.roles.create(`${name} ${type}`, workspace, undefined, root);
    await a.roles.addPermission(role.id, { type, pattern: '*', permission }, root);
    await a.roles.assign(name, role.id, root);
  };

  it('lets only those make things who have a grant on the whole of the workspace', async () => {
    expect(await makes('root', 'experiment')).toBe(true);
    expect(await makes('ann', 'experiment')).toBe(false);
    await give('ann', 'default', 'workspace', 'USE');
    expect(await makes('ann', 'experiment')).toBe(false);
    await give('ann', 'other', 'experiment', 'MANAGE');
    expect(await makes('ann', 'experiment')).toBe(false);
    await give('bob', 'other', 'workspace', 'USE');
    expect(await makes('bob', 'experiment')).toBe(true);
  });

  it('lets nobody make what they are denied, but for who manages the workspace', async () => {
    await give('bob', 'other', 'experiment', 'DENY');
    expect(await makes('bob', 'experiment')).toBe(false);
    expect(await makes('bob', 'registered_model')).toBe(true);
    await give('cat', 'other', 'workspace', 'MANAGE');
    await give('cat', 'other', 'experiment', 'DENY');
    expect(await makes('cat', 'experiment')).toBe(true);
  });
});
