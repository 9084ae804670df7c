import type { Reader } from '../../platform/db/database.js';
import { fullName, named, type Workspaced } from '../../platform/db/workspace.js';

/** A model as those who watch it see it first. */
export interface LiveState {
  readonly stages: Readonly<Record<string, string>>;
  readonly aliases: Readonly<Record<string, string>>;
}

/** SQL of what selectors yield, beside the registry's own. */
export class ServingStore {
  readonly #database: Workspaced;

  constructor(database: Workspaced) {
    this.#database = database;
  }

  /** @returns the version that had a place before the one that has it now, if it may come back */
  async previous(
    reader: Reader,
    model: string,
    target: string,
    version: number,
  ): Promise<number | undefined> {
    const row = await reader.first<{ version: number }>({
      sql:
        'select h.version from live_history h ' +
        'join model_versions v on v.model = h.model and v.version = h.version ' +
        "where h.model_name = ? and h.target = ? and h.version <> ? and h.left_because = 'replaced' " +
        "and v.current_stage <> 'Deleted_Internal' and not exists (" +
        'select 1 from version_quarantines q ' +
        'where q.model = h.model and q.version = h.version and q.lifted_time is null) ' +
        'order by h.to_time desc, h.id desc limit 1',
      bindings: [fullName(this.#database, model), target, version],
    });
    return row?.version;
  }

  /** @returns which version each stage and each alias of a model yields */
  async live(reader: Reader, model: string): Promise<LiveState | undefined> {
    const here = named(this.#database, 'm');
    const rows = await reader.all<{ kind: string; name: string | null; version: number | null }>({
      sql:
        `select 'model' as kind, null as name, null as version from registered_models m where ${here} = ? ` +
        "union all select 'stage', v.current_stage, max(v.version) from registered_models m " +
        `join model_versions v on v.model = m.id where ${here} = ? ` +
        "and v.current_stage not in ('None', 'Archived', 'Deleted_Internal') group by v.current_stage " +
        "union all select 'alias', a.alias, a.version from registered_models m " +
        `join registered_model_aliases a on a.model = m.id where ${here} = ?`,
      bindings: [model, model, model],
    });
    if (rows.length === 0) return undefined;
    const ofKind = (kind: string) =>
      Object.fromEntries(
        rows.flatMap((row) =>
          row.kind === kind && row.name !== null ? [[row.name, String(row.version)]] : [],
        ),
      );
    return { stages: ofKind('stage'), aliases: ofKind('alias') };
  }
}
