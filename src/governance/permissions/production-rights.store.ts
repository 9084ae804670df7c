import type { Reader } from '../../platform/db/database.js';

/** Two of the rights that a level on one model comes with, by which it is known. */
const MARKS = {
  staging: [
    { action: 'transition', from: 'None', to: 'Staging' },
    { action: 'transition', from: 'Staging', to: 'None' },
  ],
  // A role that only approves is no lead's.
  production: [
    { action: 'approve', from: '*', to: '*' },
    { action: 'transition', from: '*', to: '*' },
  ],
} as const;

/** SQL of who was given the staging or production versions of one model, alone or with a group. */
export class ProductionRightsStore {
  /** @returns whether one of a user's roles was expressly given such a level on this very model */
  async holds(
    reader: Reader,
    userId: number,
    model: string,
    level: keyof typeof MARKS,
  ): Promise<boolean> {
    const [one, other] = MARKS[level];
    const right = 'action = ? and model_pattern = ? and from_stage = ? and to_stage = ?';
    const row = await reader.first({
      sql:
        'select r.id from user_roles u ' +
        "join roles r on r.id = u.role_id and r.workspace = 'default' where u.user_id = ? " +
        `and exists (select 1 from role_rights where role_id = r.id and ${right}) ` +
        `and exists (select 1 from role_rights where role_id = r.id and ${right}) limit 1`,
      bindings: [
        ...[userId, one.action, model, one.from, one.to],
        ...[other.action, model, other.from, other.to],
      ],
    });
    return row !== undefined;
  }
}
