import { printTimestamp } from '../traces/wire-time.js';
import type { AssessmentError } from './assessments.js';
import type { AssessmentRow } from './assessments.store.js';

/** An assessment in the form of the wire. */
export function assessmentToWire(row: AssessmentRow) {
  return {
    assessment_id: row.assessment_id,
    assessment_name: row.name,
    trace_id: row.trace_id,
    ...present('span_id', row.span_id),
    source: {
      source_type: row.source_type as 'HUMAN',
      ...present('source_id', row.source_id),
    },
    create_time: printTimestamp(row.create_time_ms),
    last_update_time: printTimestamp(row.last_update_time_ms),
    ...statementOf(row),
    ...present('rationale', row.rationale),
    ...(row.metadata === null
      ? {}
      : { metadata: JSON.parse(row.metadata) as Record<string, string> }),
    ...present('overrides', row.overrides),
    valid: row.valid === 1,
  };
}

const present = <Name extends string>(
  name: Name,
  value: string | null,
): { readonly [P in Name]?: string } =>
  value === null ? {} : ({ [name]: value } as { readonly [P in Name]: string });

function statementOf({ kind, value: text, error }: AssessmentRow) {
  const value: unknown = JSON.parse(text);
  if (kind === 'issue') return { issue: value as { issue_name: string } };
  if (kind === 'feedback') {
    const shown = error === null ? {} : { error: JSON.parse(error) as AssessmentError };
    return { feedback: { value, ...shown } };
  }
  // The wire's own values know doubles alone, so what has parts travels as text.
  const hasParts = typeof value === 'object' && value !== null;
  return {
    expectation: hasParts
      ? { serialized_value: { serialization_format: 'JSON_FORMAT', value: text } }
      : { value },
  };
}
