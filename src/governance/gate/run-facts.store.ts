import type { Reader } from '../../platform/db/database.js';
import type { RunInput } from '../gates/lineage.js';
import type { Measurement } from '../gates/metric-gates.js';

interface Pair {
  readonly key: string;
  readonly value: string;
}

const toMap = (rows: readonly Pair[]): Record<string, string> =>
  Object.fromEntries(rows.map(({ key, value }) => [key, value]));

/** SQL of what a run says of the model that it made. */
export class RunFactsStore {
  /** @returns the run's row, who created it as the server knows it, and its tags */
  async find(reader: Reader, runId: string) {
    if (runId === '') return undefined;
    const run = await reader.first<{ key: number; trainer: string | null }>({
      sql: 'select id as key, created_by as trainer from runs where run_id = ?',
      bindings: [runId],
    });
    if (run === undefined) return undefined;
    const tags = await reader.all<Pair>({
      sql: 'select key, value from run_tags where run = ?',
      bindings: [run.key],
    });
    return { key: run.key, trainer: run.trainer ?? undefined, tags: toMap(tags) };
  }

  async params(reader: Reader, run: number): Promise<Record<string, string>> {
    const sql = 'select key, value from run_params where run = ?';
    return toMap(await reader.all<Pair>({ sql, bindings: [run] }));
  }

  async metrics(reader: Reader, run: number): Promise<Measurement[]> {
    const rows = await reader.all<{ name: string; value: number; isNan: number }>({
      sql: 'select key as name, value, is_nan as "isNan" from latest_metrics where run = ?',
      bindings: [run],
    });
    return rows.map(({ name, value, isNan }) => ({ name, value: isNan ? Number.NaN : value }));
  }

  async inputs(reader: Reader, run: number): Promise<RunInput[]> {
    const rows = await reader.all<{ id: number; name: string; digest: string; source: string }>({
      sql:
        'select d.id, d.name, d.digest, d.source from run_datasets i ' +
        'join datasets d on d.id = i.dataset where i.run = ? order by d.id',
      bindings: [run],
    });
    const tags = await reader.all<Pair & { dataset: number }>({
      sql: 'select dataset, key, value from run_dataset_tags where run = ?',
      bindings: [run],
    });
    return rows.map(({ id, name, digest, source }) => ({
      ...{ name, digest, source },
      tags: toMap(tags.filter(({ dataset }) => dataset === id)),
    }));
  }
}
