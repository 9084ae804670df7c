import type { Reader } from '../platform/db/database.js';
import { isHere, isNamedHere, shortName, type Workspaced } from '../platform/db/workspace.js';

/** A version that serves, or may. */
export interface StagedVersion {
  readonly model: number;
  readonly name: string;
  readonly version: number;
  readonly stage: string;
}

/** An emergency that somebody should have looked at. */
export interface OpenReview {
  readonly key: number;
  readonly id: string;
  readonly model: string;
  readonly principal: string;
  readonly ticket: string;
  readonly usedAt: number;
  readonly dueAt: number;
}

/** SQL of what is watched. */
export class WatchedStore {
  readonly #database: Workspaced;

  constructor(database: Workspaced) {
    this.#database = database;
  }

  /** @returns versions in a stage or named by an alias, behind one of them, in the order of keys */
  staged(
    reader: Reader,
    behind: Pick<StagedVersion, 'model' | 'version'>,
    limit: number,
  ): Promise<StagedVersion[]> {
    return reader.all<StagedVersion>({
      sql:
        'select v.model, m.name, v.version, v.current_stage as stage from model_versions v ' +
        `join registered_models m on m.id = v.model and ${isHere(this.#database, 'm')} ` +
        'where (v.model > ? or (v.model = ? and v.version > ?)) ' +
        "and v.current_stage <> 'Deleted_Internal' " +
        "and (v.current_stage not in ('None', 'Archived') or exists (" +
        'select 1 from registered_model_aliases a where a.model = v.model and a.version = v.version)) ' +
        'order by v.model, v.version limit ?',
      bindings: [behind.model, behind.model, behind.version, limit],
    });
  }

  aliasesOf(reader: Reader, model: number, version: number): Promise<{ alias: string }[]> {
    return reader.all({
      sql: 'select alias from registered_model_aliases where model = ? and version = ?',
      bindings: [model, version],
    });
  }

  /** @returns emergencies whose time for a review is over, behind one of them */
  async unreviewed(
    reader: Reader,
    now: number,
    behind: number,
    limit: number,
  ): Promise<OpenReview[]> {
    const rows = await reader.all<OpenReview>({
      sql:
        'select id as key, grant_id as id, model_name as model, principal, ticket, ' +
        'used_timestamp as "usedAt", review_due_timestamp as "dueAt" from break_glass_grants ' +
        `where review_due_timestamp <= ? and reviewer is null and id > ? ` +
        `and ${isNamedHere(this.#database, 'model_name')} order by id limit ?`,
      bindings: [now, behind, limit],
    });
    return rows.map((row) => ({ ...row, model: shortName(row.model) }));
  }
}
