import { randomUUID } from 'node:crypto';
import type { Database, Reader, Transaction } from '../../platform/db/database.js';
import type { ScorerVersion } from './scorers.js';

const VERSIONS =
  'select s.scorer_id, s.experiment_id, s.name, v.version, v.serialized_scorer, v.creation_time ' +
  'from scorers s join scorer_versions v on v.scorer = s.id';

const LATEST = 'v.version = (select max(n.version) from scorer_versions n where n.scorer = s.id)';

const ACTIVE =
  'exists (select 1 from experiments e where e.experiment_id = s.experiment_id ' +
  "and e.lifecycle_stage = 'active')";

/** SQL of the scorers; everywhere `s` is the scorer's row and `v` that of a version. */
export class ScorerStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** @returns the latest versions of all scorers of active experiments, or of those given alone */
  latest(experiments: readonly number[] | undefined): Promise<ScorerVersion[]> {
    const { dialect, scan } = this.#database;
    const given = experiments && dialect.isOneOf('s.experiment_id', experiments);
    return scan.all<ScorerVersion>({
      sql:
        `${VERSIONS} where ${LATEST} and ${ACTIVE}${given ? ` and ${given.sql}` : ''} ` +
        'order by s.experiment_id, s.name',
      bindings: given?.bindings ?? [],
    });
  }

  /** @returns all versions of a scorer, the oldest first */
  versions(experiment: number, name: string): Promise<ScorerVersion[]> {
    return this.#database.scan.all<ScorerVersion>({
      sql: `${VERSIONS} where s.experiment_id = ? and s.name = ? order by v.version`,
      bindings: [experiment, name],
    });
  }

  /** @param version the latest where there is none */
  find(
    reader: Reader,
    experiment: number,
    name: string,
    version: number | undefined,
  ): Promise<ScorerVersion | undefined> {
    const which = version === undefined ? LATEST : 'v.version = ?';
    return reader.first<ScorerVersion>({
      sql: `${VERSIONS} where s.experiment_id = ? and s.name = ? and ${which}`,
      bindings: [experiment, name, ...(version === undefined ? [] : [version])],
    });
  }

  /** @returns whether there is a scorer of this name, with versions or without */
  async exists(reader: Reader, experiment: number, name: string): Promise<boolean> {
    const sql = 'select id from scorers where experiment_id = ? and name = ?';
    return (await reader.first({ sql, bindings: [experiment, name] })) !== undefined;
  }

  /** Holds a scorer until the transaction ends; @returns the key of its row, if there is one */
  async lock(tx: Transaction, experiment: number, name: string): Promise<number | undefined> {
    const row = await tx.first<{ id: number }>({
      sql:
        'select id from scorers where experiment_id = ? and name = ?' +
        this.#database.dialect.forUpdate,
      bindings: [experiment, name],
    });
    return row?.id;
  }

  /** Makes a scorer that has no versions yet, unless there is one; @returns whether it is new */
  async insert(tx: Transaction, experiment: number, name: string): Promise<boolean> {
    const inserted = await tx.run({
      sql:
        'insert into scorers (scorer_id, experiment_id, name) values (?, ?, ?) ' +
        'on conflict (experiment_id, name) do nothing',
      bindings: [randomUUID(), experiment, name],
    });
    return inserted > 0;
  }

  /** Adds a version whose number follows the highest. */
  async insertVersion(
    tx: Transaction,
    scorer: number,
    serialized: string,
    now: number,
  ): Promise<void> {
    await tx.run({
      sql:
        'insert into scorer_versions (scorer, version, serialized_scorer, creation_time) ' +
        'values (?, (select coalesce(max(n.version), 0) + 1 from scorer_versions n ' +
        'where n.scorer = ?), ?, ?)',
      bindings: [scorer, scorer, serialized, now],
    });
  }

  /** @returns how many versions were deleted */
  deleteVersions(tx: Transaction, scorer: number, version: number | undefined): Promise<number> {
    return tx.run({
      sql: `delete from scorer_versions where scorer = ?${version === undefined ? '' : ' and version = ?'}`,
      bindings: [scorer, ...(version === undefined ? [] : [version])],
    });
  }

  async delete(tx: Transaction, scorer: number): Promise<void> {
    await tx.run({ sql: 'delete from scorers where id = ?', bindings: [scorer] });
  }
}
