import { invalidParameter } from '../../errors.js';
import type { Clock } from '../../platform/clock.js';
import type { Database, Reader, Transaction } from '../../platform/db/database.js';
import { newHexId } from '../../platform/ids.js';
import { printLikePython } from '../../platform/python-json.js';
import { noTrace } from '../traces/traces.js';
import type { AssessmentLists, AssessmentWriter } from '../traces/traces.ports.js';
import { weigh } from './assessment-values.js';
import {
  METADATA,
  type NewAssessment,
  noAssessment,
  noTraceOfAssessment,
  readAssessment,
  type Statement,
  type WireAssessment,
} from './assessments.js';
import type {
  AssessmentContent,
  AssessmentInsert,
  AssessmentRow,
  AssessmentStore,
} from './assessments.store.js';
import { assessmentToWire } from './assessments.wire.js';

/** What assessments need of traces. */
export interface AssessedTraces {
  find(reader: Reader, traceId: string): Promise<{ readonly id: number } | undefined>;
  /** As `find`, and holds the trace until the transaction ends. */
  lock(tx: Transaction, traceId: string): Promise<{ readonly id: number } | undefined>;
}

/** What an update changes; what is absent stays. Metadata are added to those that are there. */
export interface AssessmentChange {
  readonly name?: string | undefined;
  readonly statement?: Statement | undefined;
  readonly rationale?: string | undefined;
  readonly metadata?: ReadonlyMap<string, string> | undefined;
}

/** The commands of assessments. Each is one transaction. */
export class AssessmentService implements AssessmentLists, AssessmentWriter {
  readonly #database: Database;
  readonly #store: AssessmentStore;
  readonly #traces: AssessedTraces;
  readonly #now: Clock;

  constructor(database: Database, store: AssessmentStore, traces: AssessedTraces, now: Clock) {
    this.#database = database;
    this.#store = store;
    this.#traces = traces;
    this.#now = now;
  }

  /** Stores an assessment; one that it overrides counts no more. */
  async create(traceId: string, assessment: NewAssessment): Promise<AssessmentRow> {
    return this.#database.write(async (tx) => {
      const trace = await this.#traces.lock(tx, traceId);
      if (trace === undefined) throw noTrace(traceId);
      const { overrides } = assessment;
      if (overrides !== null && !(await this.#store.setValid(tx, trace.id, overrides, 0))) {
        throw noAssessment(overrides, traceId);
      }
      const id = assessment.id || newId();
      const row = insertOf(trace.id, { ...assessment, id }, this.#now());
      if ((await this.#store.insert(tx, [row])) === 0) throw taken();
      return this.#reread(tx, traceId, id);
    });
  }

  /** @throws MlflowError 404 when the trace or its assessment does not exist */
  async get(reader: Reader, traceId: string, id: string): Promise<AssessmentRow> {
    const row = await this.#store.find(reader, traceId, id);
    if (row !== undefined) return row;
    const trace = await this.#traces.find(reader, traceId);
    throw trace === undefined ? noTraceOfAssessment(traceId) : noAssessment(id, traceId);
  }

  async update(traceId: string, id: string, change: AssessmentChange): Promise<AssessmentRow> {
    return this.#database.write(async (tx) => {
      await this.#traces.lock(tx, traceId);
      const row = await this.get(tx, traceId, id);
      const { statement } = change;
      if (statement !== undefined) requireKind(row, statement);
      await this.#store.update(
        tx,
        id,
        contentOf({
          name: change.name ?? row.name,
          value: statement?.value ?? row.value,
          error: statement === undefined ? row.error : statement.error,
          // An expectation gives no reasons.
          rationale: row.kind === 'expectation' ? null : (change.rationale ?? row.rationale),
          metadata: new Map([...metadataOf(row), ...(change.metadata ?? [])]),
          updateTime: this.#now(),
        }),
      );
      return this.#reread(tx, traceId, id);
    });
  }

  /** Deletes an assessment, if there is one; what it overrode counts again. */
  async delete(traceId: string, id: string): Promise<void> {
    await this.#database.write(async (tx) => {
      await this.#traces.lock(tx, traceId);
      const row = await this.#store.find(tx, traceId, id);
      if (row === undefined) return;
      if (row.overrides !== null) await this.#store.setValid(tx, row.trace, row.overrides, 1);
      await this.#store.delete(tx, id);
    });
  }

  /** Deletes what the evaluation of a run has found; inside of the command that deletes the run. */
  async deleteOfRun(tx: Transaction, runId: string): Promise<void> {
    await this.#store.deleteOfRun(tx, runId);
  }

  async ofTraces(
    reader: Reader,
    traceKeys: readonly number[],
  ): Promise<ReadonlyMap<number, readonly unknown[]>> {
    const lists = new Map<number, unknown[]>();
    if (traceKeys.length === 0) return lists;
    for (const row of await this.#store.ofTraces(reader, traceKeys)) {
      const list = lists.get(row.trace) ?? [];
      list.push(assessmentToWire(row));
      lists.set(row.trace, list);
    }
    return lists;
  }

  async insertAll(
    tx: Transaction,
    traceKey: number,
    assessments: readonly unknown[],
  ): Promise<void> {
    const now = this.#now();
    const rows = new Map(
      assessments.map((wire) => {
        const assessment = readAssessment(wire as WireAssessment);
        const id = assessment.id || newId();
        return [id, insertOf(traceKey, { ...assessment, id }, now)];
      }),
    );
    // A client that repeats a trace repeats its assessments.
    if ((await this.#store.upsert(tx, [...rows.values()])) < rows.size) throw taken();
  }

  async #reread(tx: Transaction, traceId: string, id: string): Promise<AssessmentRow> {
    const row = await this.#store.find(tx, traceId, id);
    if (row === undefined) throw noAssessment(id, traceId);
    return row;
  }
}

const taken = () => invalidParameter('An assessment with this id exists already.');

const newId = (): string => `a-${newHexId()}`;

function requireKind({ kind }: AssessmentRow, statement: Statement): void {
  if (statement.kind === kind) return;
  throw invalidParameter(
    statement.kind === 'expectation'
      ? 'Cannot update expectation value on a Feedback assessment.'
      : 'Cannot update feedback value on an Expectation assessment.',
  );
}

const metadataOf = ({ metadata }: AssessmentRow): [string, string][] =>
  metadata === null ? [] : Object.entries(JSON.parse(metadata) as Record<string, string>);

function contentOf(
  content: Pick<
    NewAssessment,
    'name' | 'value' | 'error' | 'metadata' | 'rationale' | 'updateTime'
  >,
): AssessmentContent {
  const { metadata } = content;
  const { number, isNumber } = weigh(content.value);
  return {
    name: content.name,
    value: content.value,
    error: content.error,
    metadata: metadata.size === 0 ? null : printLikePython(Object.fromEntries(metadata)),
    rationale: content.rationale,
    last_update_time_ms: content.updateTime,
    number,
    is_number: isNumber,
    in_session: metadata.has(METADATA.session) ? 1 : 0,
    run_id: metadata.get(METADATA.sourceRun) ?? null,
  };
}

const insertOf = (trace: number, assessment: NewAssessment, now: number): AssessmentInsert => ({
  ...contentOf({ ...assessment, updateTime: assessment.updateTime || now }),
  trace,
  assessment_id: assessment.id,
  kind: assessment.kind,
  source_type: assessment.sourceType,
  source_id: assessment.sourceId,
  span_id: assessment.spanId,
  overrides: assessment.overrides,
  create_time_ms: assessment.createTime || now,
});
