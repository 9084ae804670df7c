import type { Reader } from '../platform/db/database.js';

/** SQL of who may answer for a model: a user, or a group, which is a role here. */
export const isKnownOwner = async (reader: Reader, owner: string): Promise<boolean> =>
  (await reader.first({
    sql:
      'select 1 as known from users where username = ? ' +
      'union all select 1 from roles where name = ? limit 1',
    bindings: [owner, owner],
  })) !== undefined;
