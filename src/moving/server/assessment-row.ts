import { printValue, respellJson, weigh } from '../../tracing/assessments/assessment-values.js';
import { parseTimestamp } from '../../tracing/traces/wire-time.js';
import { type Answer, objectOf, textOf } from './answer.js';
import type { StagedRows } from './tables.js';

type AssessmentColumns = NonNullable<StagedRows['assessments']>[number];

/** @returns an assessment in the columns of the database */
export function assessmentRow(trace_id: string, told: Answer): AssessmentColumns {
  const statement = statementOf(told);
  const { number, isNumber } =
    statement.kind === 'feedback' ? weigh(statement.value) : { number: null, isNumber: 0 };
  const source = objectOf(told.source);
  return {
    trace_id,
    assessment_id: textOf(told.assessment_id),
    name: textOf(told.assessment_name),
    assessment_type: statement.kind,
    value: statement.value,
    error: statement.error ?? null,
    assessment_metadata: told.metadata === undefined ? null : printValue(told.metadata),
    ...{ aggregate_value: number, is_numeric_value: isNumber },
    source_type: textOf(source.source_type),
    source_id: textOf(source.source_id),
    rationale: textOf(told.rationale),
    span_id: textOf(told.span_id),
    run_id: textOf(objectOf(told.metadata)['mlflow.assessment.sourceRunId']),
    overrides: textOf(told.overrides),
    valid: told.valid === false ? 0 : 1,
    created_timestamp: timeOf(told.create_time),
    last_updated_timestamp: timeOf(told.last_update_time),
  };
}

function statementOf(told: Answer): { kind: string; value: string; error?: string } {
  if (told.issue !== undefined) return { kind: 'issue', value: printValue(told.issue) };
  if (told.expectation !== undefined) {
    const { value, serialized_value } = objectOf(told.expectation);
    const text = objectOf(serialized_value).value;
    return {
      kind: 'expectation',
      value: typeof text === 'string' ? respellJson(text) : printValue(value ?? null),
    };
  }
  const { value = null, error } = objectOf(told.feedback);
  return {
    ...{ kind: 'feedback', value: printValue(value) },
    ...(error === undefined ? {} : { error: printValue(error) }),
  };
}

const timeOf = (time: unknown): number =>
  typeof time === 'string' ? parseTimestamp(time, 'create_time') : 0;
