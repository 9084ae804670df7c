import type { Database, Reader, Transaction } from '../../platform/db/database.js';
import type { Scope } from '../../platform/http/scope.js';

/** How often a scorer is to be asked of new traces, and of which. */
export interface OnlineScoringConfig {
  readonly online_scoring_config_id: string;
  readonly scorer_id: string;
  readonly sample_rate: number;
  readonly experiment_id: number;
  /** A search of traces. */
  readonly filter_string: string | null;
}

/** SQL of the settings of scorers; a scorer has one at most. */
export class OnlineScoringStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** @param scope which of them whoever asks may see */
  find(reader: Reader, scorerIds: readonly string[], scope: Scope): Promise<OnlineScoringConfig[]> {
    const given = this.#database.dialect.isOneOfText('s.scorer_id', scorerIds);
    const rows = this.#database
      .sql('scorers as s')
      .join('online_scoring_configs as c', 'c.scorer', 's.id')
      .select('c.online_scoring_config_id', 's.scorer_id', 'c.sample_rate', 's.experiment_id')
      .select('c.filter_string')
      .whereRaw(given.sql, given.bindings as string[])
      .orderBy('s.id');
    scope.experiments(rows, 's.experiment_id');
    return reader.all<OnlineScoringConfig>(rows);
  }

  /** @returns which scorer it is, by the key of its row */
  async scorerId(tx: Transaction, scorer: number): Promise<string> {
    const sql = 'select scorer_id from scorers where id = ?';
    const row = await tx.first<{ scorer_id: string }>({ sql, bindings: [scorer] });
    if (row === undefined) throw new Error('A scorer that is held has no row');
    return row.scorer_id;
  }

  /** Takes the place of the setting that was there. */
  async save(
    tx: Transaction,
    scorer: number,
    config: Omit<OnlineScoringConfig, 'scorer_id' | 'experiment_id'>,
  ): Promise<void> {
    await tx.run({
      sql:
        'insert into online_scoring_configs (scorer, online_scoring_config_id, sample_rate, ' +
        'filter_string) values (?, ?, ?, ?) on conflict (scorer) do update set ' +
        'online_scoring_config_id = excluded.online_scoring_config_id, ' +
        'sample_rate = excluded.sample_rate, filter_string = excluded.filter_string',
      bindings: [scorer, config.online_scoring_config_id, config.sample_rate, config.filter_string],
    });
  }
}
