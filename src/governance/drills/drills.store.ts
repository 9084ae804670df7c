import type { Reader, Transaction } from '../../platform/db/database.js';
import type { Workspaced } from '../../platform/db/workspace.js';

/** How long something took until it had heard of a rollback. */
export interface Measurement {
  readonly what: string;
  /** From the commit on; absent where it was not measured. */
  readonly milliseconds?: number;
  readonly budget: number;
  readonly within_budget: boolean;
  readonly note?: string;
}

export interface Drill {
  readonly id: string;
  readonly model: string;
  readonly startedBy: string;
  readonly startedTime: number;
  readonly isWithinBudget: boolean;
  readonly measured: readonly Measurement[];
}

/** SQL of the drills. */
export class DrillStore {
  readonly #database: Workspaced;

  constructor(database: Workspaced) {
    this.#database = database;
  }

  async insert(tx: Transaction, drill: Drill): Promise<void> {
    const { id, model, startedBy, startedTime, isWithinBudget, measured } = drill;
    await tx.run({
      sql:
        'insert into drills (workspace, drill_id, model_name, started_by, started_time, within_budget, ' +
        'measured) values (?, ?, ?, ?, ?, ?, ?)',
      bindings: [
        ...[this.#database.workspace, id, model, startedBy, startedTime, isWithinBudget ? 1 : 0],
        JSON.stringify(measured),
      ],
    });
  }

  /** @returns a page of drills, the newest first */
  async page(
    reader: Reader,
    before: number,
    limit: number,
  ): Promise<(Drill & { readonly key: number })[]> {
    const rows = await reader.all<{
      key: number;
      id: string;
      model: string;
      startedBy: string;
      startedTime: number;
      within: number;
      measured: string;
    }>({
      sql:
        'select id as key, drill_id as id, model_name as model, started_by as "startedBy", ' +
        'started_time as "startedTime", within_budget as within, measured from drills ' +
        'where workspace = ? and drills.id < ? order by drills.id desc limit ?',
      bindings: [this.#database.workspace, before, limit],
    });
    return rows.map(({ within, measured, ...row }) => ({
      ...row,
      isWithinBudget: within === 1,
      measured: JSON.parse(measured) as Measurement[],
    }));
  }
}
