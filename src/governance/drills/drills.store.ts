import type { Reader, Transaction } from '../../platform/db/database.js';
import { jobKind, type Workspaced } from '../../platform/db/workspace.js';

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

/** By the key of its row: to clean up after a drill whose server has died. */
export const DRILL_JOB = 'drill';

export type NewDrill = Pick<Drill, 'id' | 'model' | 'startedBy' | 'startedTime'>;

/** SQL of the drills. One is under way as long as somebody owes to clean up after it. */
export class DrillStore {
  readonly #database: Workspaced;

  constructor(database: Workspaced) {
    this.#database = database;
  }

  /** @returns the key of the row */
  async begin(tx: Transaction, drill: NewDrill): Promise<number> {
    const { id, model, startedBy, startedTime } = drill;
    const row = await tx.first<{ key: number }>({
      sql:
        'insert into drills (workspace, drill_id, model_name, started_by, started_time, within_budget, ' +
        "measured) values (?, ?, ?, ?, ?, 0, '[]') returning id as key",
      bindings: [this.#database.workspace, id, model, startedBy, startedTime],
    });
    return row?.key ?? 0;
  }

  async end(
    tx: Transaction,
    key: number,
    { isWithinBudget, measured }: Pick<Drill, 'isWithinBudget' | 'measured'>,
  ): Promise<void> {
    await tx.run({
      sql: 'update drills set within_budget = ?, measured = ? where id = ?',
      bindings: [isWithinBudget ? 1 : 0, JSON.stringify(measured), key],
    });
  }

  async find(reader: Reader, key: number): Promise<NewDrill | undefined> {
    return reader.first<NewDrill>({
      sql:
        'select drill_id as id, model_name as model, started_by as "startedBy", ' +
        'started_time as "startedTime" from drills where id = ?',
      bindings: [key],
    });
  }

  /** @returns a page of drills that have ended, the newest first */
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
        'where workspace = ? and drills.id < ? and not exists (select 1 from jobs ' +
        'where jobs.kind = ? and jobs.reference = drills.id) order by drills.id desc limit ?',
      bindings: [
        ...[this.#database.workspace, before],
        ...[jobKind(this.#database, DRILL_JOB), limit],
      ],
    });
    return rows.map(({ within, measured, ...row }) => ({
      ...row,
      isWithinBudget: within === 1,
      measured: JSON.parse(measured) as Measurement[],
    }));
  }
}
