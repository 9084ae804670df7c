import { expect, it } from 'vitest';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { accessOn } from '../testing/access-on.js';
import { GrantReader } from './grants.store.js';

forEachDatabase((open) => {
  it('marks what decides over a user and a model, and nothing else', async () => {
    const database = await open();
    const { userStore } = await accessOn(database);
    const user = { username: 'tom', passwordHash: null, isAdmin: false, now: 0 };
    const { id } = await database.write((tx) => userStore.insert(tx, user));
    const grants = new GrantReader(database);
    const marks: string[] = [];
    const mark = async () => marks.push(await grants.markOf(database.read, id, 'faces'));
    const run = (sql: string, ...bindings: unknown[]) =>
      database.write((tx) => tx.run({ sql, bindings: bindings as string[] }));
    const give = (pattern: string) =>
      run(
        'insert into role_permissions (role_id, resource_type, resource_pattern, permission) ' +
          "select id, 'registered_model', ?, 'EDIT' from roles where name = 'own'",
        pattern,
      );

    await mark();
    await run("insert into roles (name, workspace) values ('own', 'default')");
    await run(
      "insert into user_roles (user_id, role_id, source) select ?, id, 'local' from roles where name = 'own'",
      id,
    );
    await mark();
    await give('faces');
    await mark();
    await run(
      'insert into role_rights (role_id, action, model_pattern, from_stage, to_stage, ' +
        "alias_pattern) select id, 'rollback', 'faces', '*', '*', '*' from roles where name = 'own'",
    );
    await mark();
    await run('update users set is_admin = 1 where id = ?', id);
    await mark();
    await run('delete from user_roles where user_id = ?', id);
    await mark();
    expect(new Set(marks).size).toBe(6);

    await give('voices');
    await mark();
    expect(marks.at(-1)).toBe(marks.at(-2));
  });
});
