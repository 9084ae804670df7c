import type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import {
  appliesInSql,
  type Condition,
  isAboutReading,
  NotInSql,
  type Row,
} from './reading-in-sql.js';

/** Policies as a server has read them, by their ids. */
export type ReadPolicies = Readonly<Record<string, PolicyJson>>;

/** What has been said about which rows of a list; a boolean says it of all. */
export interface ReadingRules {
  readonly permitted: boolean | Condition;
  readonly forbidden: boolean | Condition;
}

/** Tells which rows of a list the policies show and hide, beside what roles and grants give. */
export class Reading {
  readonly #permits: readonly PolicyJson[];
  readonly #forbids: readonly PolicyJson[];

  /**
   * @param base the built-in policies, whose levels the lists know by themselves
   * @param own those of whoever runs the server
   * @throws Error for a policy of theirs that hides what lists could not hide
   */
  constructor(base: ReadPolicies, own: ReadPolicies) {
    const permits = [...Object.values(base), ...Object.values(own)];
    this.#permits = permits.filter((policy) => policy.effect === 'permit' && isSaid(policy));
    const forbids = Object.entries(own).filter(
      ([, policy]) => policy.effect === 'forbid' && isAboutReading(policy),
    );
    for (const [id, policy] of forbids) check(id, policy);
    this.#forbids = forbids.map(([, policy]) => policy);
  }

  of(row: Row): ReadingRules {
    const any = (policies: readonly PolicyJson[]) =>
      policies.map((policy) => appliesInSql(policy, row)).reduce(either, false);
    return { permitted: any(this.#permits), forbidden: any(this.#forbids) };
  }
}

const either = (one: boolean | Condition, other: boolean | Condition): boolean | Condition => {
  if (one === true || other === true) return true;
  if (one === false) return other;
  if (other === false) return one;
  return {
    sql: `(${one.sql}) or (${other.sql})`,
    bindings: [...one.bindings, ...other.bindings],
  };
};

/** Of any kind and for anybody: what can be said does not depend on who asks. */
const ANYBODY: Row = {
  caller: { name: '', userId: 0, isAdmin: false, method: 'password' },
  kind: { sql: 'kind', bindings: [] },
  name: { sql: 'name', bindings: [] },
  roles: 'roles',
};

/** What opens a thing and can't be said in SQL opens it, and shows it in no list. */
function isSaid(policy: PolicyJson): boolean {
  if (!isAboutReading(policy)) return false;
  try {
    appliesInSql(policy, ANYBODY);
    return true;
  } catch (error) {
    if (error instanceof NotInSql) return false;
    throw error;
  }
}

function check(id: string, policy: PolicyJson): void {
  try {
    appliesInSql(policy, ANYBODY);
  } catch (error) {
    if (!(error instanceof NotInSql)) throw error;
    throw new Error(
      `Access policy '${id}' forbids reading by '${error.message}', which lists can't be narrowed ` +
        'by. What is hidden may be told by principal (user, role, isAdmin, method), resource.kind ' +
        'and resource.name with ==, !=, like, in, contains, &&, ||, ! and if; or limit the policy ' +
        'to other actions than read.',
    );
  }
}
