import type { Database, Reader, Transaction } from '../../platform/db/database.js';
import { fullName, named, type Workspaced } from '../../platform/db/workspace.js';
import type { Reference } from '../evaluate/facts.js';
import type { NumberedVersion } from '../semver/plan-semver.js';

/** A stretch of time in which a version was in a stage, or was named by an alias. */
export interface LivePeriod {
  readonly version: number;
  readonly target: string;
  readonly fromTime: number;
  readonly enteredBy: string;
  readonly toTime: number | null;
  readonly leftBy: string | null;
  readonly leftBecause: string | null;
}

interface VersionPlace {
  readonly version: number;
  readonly stage: string;
}

/** Sources of versions that are prompts: texts, which serve nobody by a stage. */
export const PROMPT_SOURCES: readonly string[] = ['dummy-source', 'prompt-template'];

/** The last period of each version in a place, of versions that may serve. */
const SERVED =
  'from live_history h ' +
  'join model_versions v on v.model = h.model and v.version = h.version ' +
  'where h.model = ? and h.target = ? and h.version <> ? ' +
  "and v.current_stage <> 'Deleted_Internal' and not exists (select 1 from live_history l " +
  'where l.model = h.model and l.target = h.target and l.version = h.version and l.id > h.id) ' +
  'and not exists (select 1 from version_quarantines q ' +
  'where q.model = h.model and q.version = h.version and q.lifted_time is null)';
/** Somebody has said that the version may serve there. */
const APPROVED =
  '(exists (select 1 from promotion_requests p where p.model = h.model ' +
  "and p.version = h.version and p.status = 'approved' and p.target in (?, ?)) " +
  'or exists (select 1 from promotion_approvals a where a.model = h.model ' +
  'and a.version = h.version and a.request_id is null and a.target in (?, ?)))';

/** What is read with a version before it is judged: all of one moment. */
export interface VersionStanding {
  /** The key of the model's row. */
  readonly model: number;
  readonly generation: number;
  /** The key of the policy in force; null where there is none. */
  readonly policy: number | null;
}

/** Selects it beside the columns of a version, where `m` is the row of its model. */
export const STANDING =
  'm.id as model, coalesce((select g.generation from model_generations g where g.model = m.id), 0) ' +
  'as generation, (select max(p.id) from governance_policies p) as policy';

/** SQL of who serves: how often that has changed, and when it was who. */
export class GateStore {
  readonly #database: Workspaced;
  readonly #named: string;
  readonly #lock: string;

  constructor(database: Pick<Database, 'dialect' | 'workspace'>) {
    this.#database = database;
    this.#named = named(database, 'm');
    this.#lock = `select id from registered_models m where ${this.#named} = ?${database.dialect.forUpdate}`;
  }

  /** Holds a model until the transaction ends. @returns its key; undefined where there is none */
  async lock(tx: Transaction, name: string): Promise<number | undefined> {
    return (await tx.first<{ id: number }>({ sql: this.#lock, bindings: [name] }))?.id;
  }

  async modelKey(reader: Reader, name: string): Promise<number | undefined> {
    const sql = `select id from registered_models m where ${this.#named} = ?`;
    return (await reader.first<{ id: number }>({ sql, bindings: [name] }))?.id;
  }

  /** @returns the key of a model and its generation, of one moment; undefined for no model */
  async standing(
    reader: Reader,
    name: string,
  ): Promise<{ readonly model: number; readonly generation: number } | undefined> {
    return reader.first({
      sql:
        'select m.id as model, coalesce(g.generation, 0) as generation from registered_models m ' +
        `left join model_generations g on g.model = m.id where ${this.#named} = ?`,
      bindings: [name],
    });
  }

  async generation(reader: Reader, model: number): Promise<number> {
    const sql = 'select generation from model_generations where model = ?';
    return (
      (await reader.first<{ generation: number }>({ sql, bindings: [model] }))?.generation ?? 0
    );
  }

  async nextGeneration(tx: Transaction, model: number): Promise<void> {
    await tx.send({
      sql:
        'insert into model_generations (model, generation) values (?, 1) ' +
        'on conflict (model) do update set generation = model_generations.generation + 1',
      joins: 'around',
      bindings: [model],
    });
  }

  async enter(
    tx: Transaction,
    at: {
      readonly model: number;
      readonly name: string;
      readonly time: number;
      readonly by: string;
    },
    version: number,
    target: string,
  ): Promise<void> {
    await tx.send({
      sql:
        'insert into live_history (model, model_name, version, target, from_time, entered_by) ' +
        'values (?, ?, ?, ?, ?, ?)',
      joins: 'around',
      bindings: [
        ...[at.model, fullName(this.#database, at.name), version, target],
        ...[at.time, at.by],
      ],
    });
  }

  async leave(
    tx: Transaction,
    at: { readonly model: number; readonly time: number; readonly by: string },
    version: number,
    target: string,
    { because, isBehind = false }: { readonly because: string; readonly isBehind?: boolean },
  ): Promise<void> {
    await tx.send({
      sql:
        'update live_history set to_time = ?, left_by = ?, left_because = ? ' +
        'where model = ? and target = ? and version = ? and to_time is null',
      joins: isBehind ? 'behind' : 'around',
      bindings: [at.time, at.by, because, at.model, target, version],
    });
  }

  /** Ends all periods of a model that is deleted. */
  async leaveAll(
    tx: Transaction,
    at: { readonly model: number; readonly time: number; readonly by: string },
  ): Promise<void> {
    await tx.send({
      sql:
        "update live_history set to_time = ?, left_by = ?, left_because = 'deleted' " +
        'where model = ? and to_time is null',
      bindings: [at.time, at.by, at.model],
    });
    // By its name it can still be found. Its key may be another model's some day, to which nothing
    // of it may count.
    await tx.send({
      sql: 'update live_history set model = -model where model = ?',
      bindings: [at.model],
    });
  }

  /** The history goes with the model to its new name. */
  async rename(tx: Transaction, model: number, name: string): Promise<void> {
    const sql = 'update live_history set model_name = ? where model = ?';
    await tx.send({ sql, bindings: [fullName(this.#database, name), model] });
  }

  /** @returns what was in a stage or named by an alias at a moment */
  liveAt(reader: Reader, name: string, at: number): Promise<LivePeriod[]> {
    return reader.all<LivePeriod>({
      sql:
        'select version, target, from_time as "fromTime", entered_by as "enteredBy", ' +
        'to_time as "toTime", left_by as "leftBy", left_because as "leftBecause" ' +
        'from live_history where model_name = ? and from_time <= ? ' +
        'and (to_time is null or to_time > ?) order by target, version limit 1000',
      bindings: [fullName(this.#database, name), at, at],
    });
  }

  /** @returns a page of periods, the newest first */
  periods(
    reader: Reader,
    asked: {
      readonly name: string;
      /** A stage, or `alias:` and an alias. */
      readonly target: string | undefined;
      readonly before: number;
      readonly limit: number;
    },
  ): Promise<(LivePeriod & { readonly key: number })[]> {
    const { name, target, before, limit } = asked;
    return reader.all({
      sql:
        'select id as key, version, target, from_time as "fromTime", entered_by as "enteredBy", ' +
        'to_time as "toTime", left_by as "leftBy", left_because as "leftBecause" ' +
        'from live_history where model_name = ? and id < ? ' +
        `${target === undefined ? '' : 'and target = ? '}order by id desc limit ?`,
      bindings: [
        fullName(this.#database, name),
        before,
        ...(target === undefined ? [] : [target]),
        limit,
      ],
    });
  }

  /** @returns the other versions of a stage */
  besides(reader: Reader, model: number, stage: string, version: number): Promise<VersionPlace[]> {
    return reader.all<VersionPlace>({
      sql:
        'select version, current_stage as stage from model_versions ' +
        'where model = ? and current_stage = ? and version <> ? order by version',
      bindings: [model, stage, version],
    });
  }

  /** @returns versions that may have a place again, the last that had it first */
  async goodVersions(
    reader: Reader,
    asked: {
      readonly model: number;
      /** A stage, or `alias:` and an alias. */
      readonly target: string;
      readonly stage: string;
      readonly isApproved: boolean;
    },
    besides: number,
  ): Promise<number[]> {
    const { model, target, stage, isApproved } = asked;
    const rows = await reader.all<{ version: number }>({
      sql:
        `select h.version ${SERVED} and (h.left_because = 'replaced' or h.to_time is null) ` +
        `${isApproved ? `and ${APPROVED} ` : ''}` +
        'order by case when h.to_time is null then 0 else 1 end, h.to_time desc, h.id desc limit 20',
      bindings: [
        ...[model, target, besides],
        ...(isApproved ? [target, stage, target, stage] : []),
      ],
    });
    return rows.map(({ version }) => version);
  }

  /** @returns whether a model has versions that are more than the texts of prompts */
  async holdsFiles(reader: Reader, model: number): Promise<boolean> {
    const row = await reader.first({
      sql:
        "select 1 as found from model_versions where model = ? and current_stage <> 'Deleted_Internal' " +
        `and source not in (${PROMPT_SOURCES.map((source) => `'${source}'`).join(', ')}) limit 1`,
      bindings: [model],
    });
    return row !== undefined;
  }

  aliases(reader: Reader, model: number): Promise<{ alias: string; version: number }[]> {
    return reader.all<{ alias: string; version: number }>({
      sql: 'select alias, version from registered_model_aliases where model = ? order by alias',
      bindings: [model],
    });
  }

  /** @returns the numbers that versions of a model have */
  numbers(reader: Reader, model: number): Promise<NumberedVersion[]> {
    return reader.all<NumberedVersion>({
      sql: 'select version, semver from version_evidence where model = ? and semver is not null',
      bindings: [model],
    });
  }

  /** @returns the versions that are in a stage or named by an alias, of one model */
  async referencesOf(reader: Reader, model: number, version?: number): Promise<Reference[]> {
    const rows = await reader.all<{ name: string; version: number; stage: string }>({
      sql:
        'select m.name, v.version, v.current_stage as stage from model_versions v ' +
        'join registered_models m on m.id = v.model where v.model = ? ' +
        "and (v.current_stage not in ('None', 'Archived', 'Deleted_Internal') " +
        'or exists (select 1 from registered_model_aliases a ' +
        'where a.model = v.model and a.version = v.version)) ' +
        `${version === undefined ? '' : 'and v.version = ? '}order by v.version`,
      bindings: version === undefined ? [model] : [model, version],
    });
    if (rows.length === 0) return [];
    const aliases = await this.aliases(reader, model);
    return rows.map(({ name, version: number, stage }) => ({
      ...{ model: name, version: number, stage },
      aliases: aliases.filter((named) => named.version === number).map(({ alias }) => alias),
    }));
  }
}
