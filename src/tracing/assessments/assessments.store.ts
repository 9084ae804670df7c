import type { Binding, Database, Reader, Transaction } from '../../platform/db/database.js';

/** A row of assessments; `trace_id` is the outer id of its trace. */
export interface AssessmentRow {
  readonly trace: number;
  readonly trace_id: string;
  readonly assessment_id: string;
  readonly name: string;
  readonly kind: 'feedback' | 'expectation' | 'issue';
  /** JSON texts. */
  readonly value: string;
  readonly error: string | null;
  readonly metadata: string | null;
  readonly source_type: string;
  readonly source_id: string | null;
  readonly rationale: string | null;
  readonly span_id: string | null;
  readonly overrides: string | null;
  readonly valid: 0 | 1;
  readonly create_time_ms: number;
  readonly last_update_time_ms: number;
}

/** What an update may change; the last four follow from value and metadata. */
export interface AssessmentContent {
  readonly name: string;
  readonly value: string;
  readonly error: string | null;
  readonly metadata: string | null;
  readonly rationale: string | null;
  readonly last_update_time_ms: number;
  readonly number: number | null;
  readonly is_number: 0 | 1;
  readonly in_session: 0 | 1;
  readonly run_id: string | null;
}

export type AssessmentInsert = Omit<AssessmentRow, 'trace_id' | 'valid'> & AssessmentContent;

/** Columns with their types, for whoever inserts many. */
export const ASSESSMENT_COLUMNS = {
  assessment_id: 'text',
  trace: 'bigint',
  name: 'text',
  kind: 'text',
  value: 'text',
  error: 'text',
  metadata: 'text',
  number: 'double precision',
  is_number: 'smallint',
  in_session: 'smallint',
  source_type: 'text',
  source_id: 'text',
  rationale: 'text',
  span_id: 'text',
  run_id: 'text',
  overrides: 'text',
  valid: 'smallint',
  create_time_ms: 'bigint',
  last_update_time_ms: 'bigint',
} as const;
const NEW = {
  table: 'assessments',
  columns: ASSESSMENT_COLUMNS,
  conflict: 'on conflict (assessment_id) do nothing',
} as const;
const SENT_AGAIN = {
  ...NEW,
  // Columns of the same names, but for what one of another trace would take along.
  conflict:
    'on conflict (assessment_id) do update set ' +
    Object.keys(ASSESSMENT_COLUMNS)
      .filter((name) => name !== 'assessment_id' && name !== 'trace')
      .map((name) => `${name} = excluded.${name}`)
      .join(', ') +
    ' where assessments.trace = excluded.trace',
} as const;
const CONTENT = [
  'name',
  'value',
  'error',
  'metadata',
  'rationale',
  'last_update_time_ms',
  'number',
  'is_number',
  'in_session',
  'run_id',
] as const;

const SHOWN = [
  ...['trace', 'assessment_id', 'name', 'kind', 'value', 'error', 'metadata', 'source_type'],
  ...['source_id', 'rationale', 'span_id', 'overrides', 'valid', 'create_time_ms'],
  'last_update_time_ms',
];
const SELECT =
  `select ${SHOWN.map((name) => `a.${name}`).join(', ')}, t.trace_id ` +
  'from assessments a join traces t on t.id = a.trace';

/** SQL of assessments. */
export class AssessmentStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  find(reader: Reader, traceId: string, id: string): Promise<AssessmentRow | undefined> {
    return reader.first<AssessmentRow>({
      sql: `${SELECT} where a.assessment_id = ? and t.trace_id = ?`,
      bindings: [id, traceId],
    });
  }

  /** @returns the assessments of these traces, each in the order of their coming */
  ofTraces(reader: Reader, traces: readonly number[]): Promise<AssessmentRow[]> {
    const { sql, bindings } = this.#database.dialect.isOneOf('a.trace', traces);
    return reader.all<AssessmentRow>({ sql: `${SELECT} where ${sql} order by a.id`, bindings });
  }

  /** Inserts those whose ids are free, as valid ones; @returns how many were */
  insert(tx: Transaction, assessments: readonly AssessmentInsert[]): Promise<number> {
    return tx.insert(NEW, assessments.map(toRow));
  }

  /** Also replaces those that their traces have already; each id may come once. */
  upsert(tx: Transaction, assessments: readonly AssessmentInsert[]): Promise<number> {
    return tx.insert(SENT_AGAIN, assessments.map(toRow));
  }

  async update(tx: Transaction, id: string, content: AssessmentContent): Promise<void> {
    await tx.run({
      sql: `update assessments set ${CONTENT.map((name) => `${name} = ?`).join(', ')} where assessment_id = ?`,
      bindings: [...CONTENT.map((name) => content[name]), id],
    });
  }

  /** @returns false when the trace has no such assessment */
  async setValid(tx: Transaction, trace: number, id: string, valid: 0 | 1): Promise<boolean> {
    const sql = 'update assessments set valid = ? where assessment_id = ? and trace = ?';
    return (await tx.run({ sql, bindings: [valid, id, trace] })) > 0;
  }

  async delete(tx: Transaction, id: string): Promise<void> {
    await tx.run({ sql: 'delete from assessments where assessment_id = ?', bindings: [id] });
  }

  async deleteOfRun(tx: Transaction, runId: string): Promise<void> {
    await tx.run({ sql: 'delete from assessments where run_id = ?', bindings: [runId] });
  }
}

function toRow(assessment: AssessmentInsert): Exclude<Binding, boolean>[] {
  const row: Readonly<Record<string, Binding>> = { ...assessment, valid: 1 };
  return Object.keys(ASSESSMENT_COLUMNS).map((name) => row[name] as Exclude<Binding, boolean>);
}
