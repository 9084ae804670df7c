import type { Knex } from 'knex';
import type { Workspaced } from '../../platform/db/workspace.js';
import type { Caller } from '../../platform/http/operation.js';
import { type Scope, seesAll } from '../../platform/http/scope.js';
import { can, type Permission } from '../permission.js';
import type { Reading } from '../policy/reading.js';
import type { Condition } from '../policy/reading-in-sql.js';
import { rolesIn } from './grants.store.js';

/** An SQL expression for the kind that grants on a registered model are of. */
const kindOfModel = (id: string): string =>
  `case when exists (select 1 from registered_model_tags t where t.model = ${id} and ` +
  "t.key = 'mlflow.prompt.is_prompt' and lower(t.value) = 'true') then 'prompt' else 'registered_model' end";

export interface ScopeParts {
  /** What everybody has without a grant. */
  readonly floor: Permission;
  readonly reading: Reading;
  readonly database: Workspaced;
}

/**
 * Which rows of a list a user may read, as a condition of the query itself. It says the same as
 * {@link ./standings.ts} and the policies say of one thing, which a test holds.
 */
export function accessScope(caller: Caller, { floor, reading, database }: ScopeParts): Scope {
  const roles = rolesIn(database);
  const grants = `select 1 from ${roles} join role_permissions p on p.role_id = r.id where u.user_id = ?`;
  const chief = `exists (${grants} and p.resource_type = 'workspace' and p.permission = 'MANAGE')`;
  const { userId, isAdmin } = caller;
  if (userId === undefined) return seesAll;
  const rulesFor = (kind: string, name: string) =>
    reading.of({
      caller,
      roles,
      kind: { sql: kind, bindings: [] },
      name: { sql: name, bindings: [] },
    });
  const narrow = (rows: Knex.QueryBuilder, kind: string, id: string): void => {
    const { permitted, forbidden } = rulesFor(kind, id);
    if (forbidden !== false) keep(rows, negated(forbidden));
    if (isAdmin) return;
    const about = `${grants} and p.resource_type = ${kind} and p.resource_pattern in ('*', ${id})`;
    const granted: Condition = can(floor, 'read')
      ? { sql: '1 = 1', bindings: [] }
      : { sql: `exists (${about} and p.permission <> 'DENY')`, bindings: [userId] };
    const opened = typeof permitted === 'boolean' ? said(permitted) : permitted;
    keep(rows, {
      sql:
        `(${chief} or ((${granted.sql} or (${opened.sql})) ` +
        `and not exists (${about} and p.permission = 'DENY')))`,
      bindings: [userId, ...granted.bindings, ...opened.bindings, userId],
    });
  };
  // What hides nothing from an administrator by its principal alone, hides nothing of any kind.
  if (isAdmin && rulesFor("''", "''").forbidden === false) return seesAll;
  return {
    isWhole: false,
    experiments: (rows, column) => narrow(rows, "'experiment'", `cast(${column} as text)`),
    models: (rows, { id, name }) => narrow(rows, kindOfModel(id), name),
  };
}

const said = (value: boolean): Condition => ({ sql: value ? '1 = 1' : '1 = 0', bindings: [] });

const negated = (condition: boolean | Condition): Condition => {
  const { sql, bindings } = typeof condition === 'boolean' ? said(condition) : condition;
  return { sql: `not (${sql})`, bindings };
};

const keep = (rows: Knex.QueryBuilder, { sql, bindings }: Condition): void => {
  rows.whereRaw(sql, [...bindings] as Knex.RawBinding[]);
};
