import type { Reader, Transaction } from '../../platform/db/database.js';
import type { Right, RightAction } from '../rights.js';

/** A right of a role, as it is stored. */
export interface StoredRight extends Right {
  readonly id: number;
  readonly role_id: number;
}

const COLUMNS = 'id, role_id, action, model_pattern, from_stage, to_stage, alias_pattern';

/** Rights of roles beyond MLflow's levels. */
export class RightStore {
  async ofRole(reader: Reader, roleId: number): Promise<StoredRight[]> {
    return reader.all<StoredRight>({
      sql: `select ${COLUMNS} from role_rights where role_id = ? order by id`,
      bindings: [roleId],
    });
  }

  /**
   * @param right what it leaves out is `*`
   * @returns undefined when the role has this very right already
   */
  add(
    tx: Transaction,
    roleId: number,
    right: { readonly action: RightAction } & Partial<Right>,
  ): Promise<StoredRight | undefined> {
    return tx.first<StoredRight>({
      sql:
        'insert into role_rights (role_id, action, model_pattern, from_stage, to_stage, alias_pattern) ' +
        `values (?, ?, ?, ?, ?, ?) on conflict do nothing returning ${COLUMNS}`,
      bindings: [
        roleId,
        right.action,
        right.model_pattern ?? '*',
        right.from_stage ?? '*',
        right.to_stage ?? '*',
        right.alias_pattern ?? '*',
      ],
    });
  }

  /** @returns what was taken away */
  remove(tx: Transaction, roleId: number, id: number): Promise<StoredRight | undefined> {
    return tx.first<StoredRight>({
      sql: `delete from role_rights where role_id = ? and id = ? returning ${COLUMNS}`,
      bindings: [roleId, id],
    });
  }
}
