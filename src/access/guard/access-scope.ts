import type { Knex } from 'knex';
import type { Caller } from '../../platform/http/operation.js';
import { type Scope, seesAll } from '../../platform/http/scope.js';
import { can, type Permission } from '../permission.js';
import { ROLES } from './grants.store.js';

const GRANTS = `select 1 from ${ROLES} join role_permissions p on p.role_id = r.id where u.user_id = ?`;
const CHIEF = `exists (${GRANTS} and p.resource_type = 'workspace' and p.permission = 'MANAGE')`;

/** An SQL expression for the kind that grants on a registered model are of. */
const kindOfModel = (id: string): string =>
  `case when exists (select 1 from registered_model_tags t where t.model = ${id} and ` +
  "t.key = 'mlflow.prompt.is_prompt' and lower(t.value) = 'true') then 'prompt' else 'registered_model' end";

/**
 * Which rows of a list a user may read, as a condition of the query itself. It says the same as
 * {@link ./standings.ts} says of one thing, which a test holds.
 *
 * @param floor what everybody has without a grant
 */
export function accessScope({ userId, isAdmin }: Caller, floor: Permission): Scope {
  if (isAdmin || userId === undefined) return seesAll;
  const narrow = (rows: Knex.QueryBuilder, kind: string, id: string): void => {
    const about = `${GRANTS} and p.resource_type = ${kind} and p.resource_pattern in ('*', ${id})`;
    const granted = can(floor, 'read') ? '1 = 1' : `exists (${about} and p.permission <> 'DENY')`;
    const denied = `exists (${about} and p.permission = 'DENY')`;
    const count = can(floor, 'read') ? 2 : 3;
    rows.whereRaw(`(${CHIEF} or (${granted} and not ${denied}))`, Array(count).fill(userId));
  };
  return {
    isWhole: false,
    experiments: (rows, column) => narrow(rows, "'experiment'", `cast(${column} as text)`),
    models: (rows, { id, name }) => narrow(rows, kindOfModel(id), name),
  };
}
