import type { Reader } from '../../platform/db/database.js';

/** SQL of who was given the production versions of one model, alone or with a group. */
export class ProductionRightsStore {
  /**
   * It is both, to approve and to move versions anywhere, on this very model: a role that only
   * approves is no lead's.
   *
   * @returns whether a user was expressly given the production versions of a model
   */
  async managesProduction(reader: Reader, userId: number, model: string): Promise<boolean> {
    const row = await reader.first({
      sql:
        'select a.id from user_roles u ' +
        "join roles r on r.id = u.role_id and r.workspace = 'default' " +
        "join role_rights a on a.role_id = r.id and a.action = 'approve' and a.model_pattern = ? " +
        "join role_rights t on t.role_id = r.id and t.action = 'transition' " +
        "and t.model_pattern = ? and t.from_stage = '*' and t.to_stage = '*' " +
        'where u.user_id = ? limit 1',
      bindings: [model, model, userId],
    });
    return row !== undefined;
  }
}
