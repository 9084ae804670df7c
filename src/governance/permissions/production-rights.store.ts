import type { Reader } from '../../platform/db/database.js';

/** SQL of the rights that users were given by name, on one model. */
export class ProductionRightsStore {
  /** @returns whether a user was expressly given the production versions of a model */
  async managesProduction(reader: Reader, userId: number, model: string): Promise<boolean> {
    const row = await reader.first({
      sql:
        'select t.id from roles r join role_rights t on t.role_id = r.id ' +
        "where r.name = ? and t.action = 'approve' and t.model_pattern = ?",
      bindings: [`__user_${userId}__`, model],
    });
    return row !== undefined;
  }
}
