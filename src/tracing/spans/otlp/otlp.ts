import { MlflowError } from '../../../errors.js';
import type { OtelMap } from '../otel-value.js';

export const STATUS_CODES = ['UNSET', 'OK', 'ERROR'] as const;
export type StatusCode = (typeof STATUS_CODES)[number];

export interface OtlpEvent {
  readonly name: string;
  readonly time: bigint;
  readonly attributes: OtelMap;
}

/** Ids in hexadecimal digits: 32 of a trace, 16 of a span. */
export interface OtlpLink {
  readonly traceId: string;
  readonly spanId: string;
  readonly attributes: OtelMap;
}

/** A span as it is sent, whatever the encoding; times in ns since the epoch. */
export interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Absent for the root of a trace. */
  readonly parentId: string | undefined;
  readonly name: string;
  readonly start: bigint;
  /** Absent while the span goes on. */
  readonly end: bigint | undefined;
  readonly attributes: OtelMap;
  readonly events: readonly OtlpEvent[];
  readonly links: readonly OtlpLink[];
  readonly status: { readonly code: StatusCode; readonly message: string };
}

/** Spans of one process, and what it says of itself. */
export interface ResourceSpans {
  readonly resource: OtelMap;
  readonly spans: readonly OtlpSpan[];
}

/** Exporters look for what is wrong in a `detail`, others in a message: ours have both. */
class OtlpError extends MlflowError {
  override toJSON(): Record<string, string> {
    return { ...super.toJSON(), detail: this.message };
  }
}

/** @param status 422 where the format is right but what it says is not */
export const refused = (message: string, status: 400 | 413 | 422 = 400): MlflowError =>
  new OtlpError('INVALID_PARAMETER_VALUE', message, { status });

export const notOtlp = (): MlflowError => refused('Invalid OpenTelemetry format');

const notASpan = (reason: string): MlflowError =>
  refused(`Cannot convert OpenTelemetry span to MLflow span: ${reason}`, 422);

const DIGITS = { trace: 32, span: 16 } as const;

/** @throws MlflowError 422 for an id that is empty or too long */
export function toId(hex: string, of: 'trace' | 'span'): string {
  const id = hex.padStart(DIGITS[of], '0');
  if (hex !== '' && id.length === DIGITS[of]) return id;
  throw notASpan(`'${hex.slice(0, 100)}' is no id of a ${of}`);
}

/** The parent of a root is left out, or is zero. */
export const toParentId = (hex: string): string | undefined =>
  /^0*$/.test(hex) ? undefined : toId(hex, 'span');

const MAX_TIME = 2n ** 63n - 1n;

/** @throws MlflowError 422 for a time that a database can't hold */
export function toTime(ns: bigint): bigint {
  if (ns >= 0n && ns <= MAX_TIME) return ns;
  throw notASpan('a time is out of range');
}

/** @returns the first of a header's values */
export const one = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header[0] : header;
