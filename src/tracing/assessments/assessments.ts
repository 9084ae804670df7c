import { invalidParameter, notFound } from '../../errors.js';
import type { Input } from '../../platform/http/operation.js';
import { checkLength } from '../../platform/rules/names.js';
import { parseTimestamp } from '../traces/wire-time.js';
import { printValue, respellJson } from './assessment-values.js';

/** An assessment as the contract describes it. */
export type WireAssessment = NonNullable<Input<'createAssessment'>['assessment']>;

export type AssessmentKind = 'feedback' | 'expectation' | 'issue';

export interface AssessmentError {
  readonly error_code: string;
  readonly error_message?: string;
  readonly stack_trace?: string;
}

/** What is said: JSON texts as they are stored. */
export interface Statement {
  readonly kind: AssessmentKind;
  readonly value: string;
  readonly error: string | null;
}

/** An assessment that is to be stored. */
export interface NewAssessment extends Statement {
  /** Empty for a new one. */
  readonly id: string;
  readonly name: string;
  readonly metadata: ReadonlyMap<string, string>;
  readonly sourceType: string;
  readonly sourceId: string | null;
  readonly rationale: string | null;
  readonly spanId: string | null;
  /** The assessment that this one replaces. */
  readonly overrides: string | null;
  /** In ms; 0 for now. */
  readonly createTime: number;
  readonly updateTime: number;
}

/** Metadata that MLflow gives a meaning. */
export const METADATA = {
  /** The run whose evaluation has made the assessment; it goes with the run. */
  sourceRun: 'mlflow.assessment.sourceRunId',
  /** The session that is assessed by way of one of its traces. */
  session: 'mlflow.trace.session',
} as const;

const MAX_ID = 50;
const MAX_NAME = 250;
const MAX_RUN_ID = 250;
const MAX_STACK = 10_000;
const CUT_STACK = '[Stack trace is truncated]\n...\n';

export const noAssessment = (id: string, traceId: string) =>
  notFound(`Assessment with ID '${id}' not found for trace '${traceId}'`);

/** MLflow names a trace that is missing in these words where it looks for an assessment. */
export const noTraceOfAssessment = (traceId: string) =>
  notFound(`Trace with request_id '${traceId}' not found`);

/** @throws MlflowError 400 when it is not acceptable */
export function readAssessment(wire: WireAssessment): NewAssessment {
  const statement = readStatement(wire);
  const metadata = checkMetadata(wire.metadata);
  for (const [what, id] of [
    ['assessment_id', wire.assessment_id],
    ['span_id', wire.span_id],
    ['overrides', wire.overrides],
  ] as const) {
    checkLength(id ?? '', what, MAX_ID);
  }
  checkLength(wire.source?.source_id ?? '', 'source_id', MAX_NAME);
  return {
    ...statement,
    id: wire.assessment_id ?? '',
    name: checkName(wire.assessment_name),
    metadata,
    sourceType: wire.source?.source_type ?? 'SOURCE_TYPE_UNSPECIFIED',
    sourceId: wire.source?.source_id || null,
    // An expectation gives no reasons.
    rationale: statement.kind === 'expectation' ? null : wire.rationale || null,
    spanId: wire.span_id || null,
    overrides: statement.kind === 'feedback' ? wire.overrides || null : null,
    createTime: readTime(wire.create_time, 'create_time'),
    updateTime: readTime(wire.last_update_time, 'last_update_time'),
  };
}

const readTime = (text: string | undefined, field: string): number =>
  text === undefined ? 0 : parseTimestamp(text, field);

export function checkName(name = ''): string {
  checkLength(name, 'assessment_name', MAX_NAME);
  return name;
}

export function checkMetadata(metadata: Readonly<Record<string, string>> = {}) {
  checkLength(metadata[METADATA.sourceRun] ?? '', METADATA.sourceRun, MAX_RUN_ID);
  return new Map(Object.entries(metadata));
}

function readStatement(wire: WireAssessment): Statement {
  const given = [wire.feedback, wire.expectation, wire.issue].filter((part) => part !== undefined);
  if (given.length > 1) {
    throw invalidParameter(
      'Exactly one of `expectation`, `feedback`, or `issue` should be specified.',
    );
  }
  if (wire.feedback !== undefined) return readFeedback(wire.feedback);
  if (wire.expectation !== undefined) return readExpectation(wire.expectation);
  if (wire.issue === undefined) throw invalidParameter('Unknown assessment type: None');
  const value = printValue({ issue_name: wire.issue.issue_name ?? '' });
  return { kind: 'issue', value, error: null };
}

/** Feedback that is absent says nothing: a value of null. */
export function readFeedback(feedback: WireAssessment['feedback']): Statement {
  const { value = null, error } = feedback ?? {};
  return {
    kind: 'feedback',
    value: printValue(value),
    error: error === undefined ? null : JSON.stringify(readError(error)),
  };
}

function readError(error: Partial<AssessmentError>): AssessmentError {
  const { error_code = '', error_message, stack_trace } = error;
  return {
    error_code,
    ...(error_message ? { error_message } : {}),
    ...(stack_trace ? { stack_trace: shortened(stack_trace) } : {}),
  };
}

/** The end of a stack tells most. */
const shortened = (stack: string): string =>
  stack.length > MAX_STACK
    ? CUT_STACK + stack.slice(CUT_STACK.length - MAX_STACK).replace(/^\p{Surrogate}/u, '')
    : stack;

/** @throws MlflowError 400 for an expectation without a value */
export function readExpectation(expectation: WireAssessment['expectation']): Statement {
  const { value, serialized_value: serialized } = expectation ?? {};
  if (serialized !== undefined && value !== undefined && value !== null) {
    throw invalidParameter('Only one of `value` and `serialized_value` can be specified.');
  }
  const text = serialized === undefined ? printValue(value ?? null) : respell(serialized);
  if (text === 'null') throw invalidParameter('The `value` field must be specified.');
  return { kind: 'expectation', value: text, error: null };
}

function respell(serialized: { serialization_format?: string; value?: string }): string {
  const { serialization_format: format = '', value = '' } = serialized;
  if (format === 'JSON_FORMAT') return respellJson(value);
  throw invalidParameter(`Unknown serialization format: ${format}. Only JSON_FORMAT is supported.`);
}
