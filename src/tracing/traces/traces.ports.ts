import type { Reader, Transaction } from '../../platform/db/database.js';

/** The assessments of traces, for printing them; the slice of assessments answers. */
export interface AssessmentLists {
  /**
   * @param traceKeys surrogate keys
   * @returns the assessments of each trace that has any, in the form of the wire
   */
  ofTraces(
    reader: Reader,
    traceKeys: readonly number[],
  ): Promise<ReadonlyMap<number, readonly unknown[]>>;
}

/** Stores assessments that a trace is posted with. */
export interface AssessmentWriter {
  /**
   * @param assessments as the contract describes them
   * @throws MlflowError 400 when one is not acceptable; then nothing of the trace is stored
   */
  insertAll(tx: Transaction, traceKey: number, assessments: readonly unknown[]): Promise<void>;
}
