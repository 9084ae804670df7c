import { truncate } from '../../platform/rules/names.js';
import { COUNTED_KEYS, type Counted, type Numbers, readNumbers } from '../traces/trace-numbers.js';
import { METADATA } from '../traces/traces.js';
import { ATTRIBUTE, type Attributes, textOf, translate, UNKNOWN_TYPE } from './conventions.js';
import {
  type OtelMap,
  type OtelValue,
  printMembers,
  printValue,
  storable,
  toBase64,
} from './otel-value.js';
import type { OtlpEvent, OtlpLink, OtlpSpan, StatusCode } from './otlp/otlp.js';
import { isStructured } from './stored-json.js';

/** A span as it is stored. */
export interface SpanRecord {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string | undefined;
  readonly name: string;
  readonly type: string;
  readonly status: StatusCode;
  readonly start: bigint;
  readonly end: bigint | undefined;
  readonly model: string | undefined;
  readonly provider: string | undefined;
  /** JSON text of each attribute. */
  readonly attributes: ReadonlyMap<string, string>;
  /** Token usage and costs, by the metadata of the trace that adds them up. */
  readonly numbers: ReadonlyMap<Counted, Numbers>;
  /** The whole span as JSON, as MLflow writes it into files. */
  readonly content: string;
}

/** How MLflow calls a trace of OpenTelemetry. */
export const toTraceId = (hex: string): string => `tr-${hex}`;

const MAX_NAME = 8_000;
const MAX_DIMENSION = 500;

export function toRecord(span: OtlpSpan): SpanRecord {
  const traceId = toTraceId(span.traceId);
  const attributes: Attributes = new Map(
    [...span.attributes].map(([key, value]) => [key, printAttribute(value)]),
  );
  attributes.set(ATTRIBUTE.traceId, JSON.stringify(traceId));
  translate(attributes);
  return {
    traceId,
    spanId: span.spanId,
    parentId: span.parentId,
    name: truncate(storable(span.name), MAX_NAME),
    type: dimension(attributes.get(ATTRIBUTE.type)) ?? UNKNOWN_TYPE,
    status: span.status.code,
    start: span.start,
    end: span.end,
    model: dimension(attributes.get(ATTRIBUTE.model)),
    provider: dimension(attributes.get(ATTRIBUTE.provider)),
    attributes,
    numbers: numbersOf(attributes),
    content: printSpan(span, attributes),
  };
}

/** MLflow's own clients send JSON as text; it is the value that was meant. */
const printAttribute = (value: OtelValue): string =>
  typeof value === 'string' && isStructured(value) ? value : printValue(value);

const dimension = (json: string | undefined): string | undefined =>
  json?.startsWith('"') ? truncate(storable(textOf(json) ?? ''), MAX_DIMENSION) : undefined;

const SOURCES: Readonly<Record<Counted, string>> = {
  [METADATA.tokenUsage]: ATTRIBUTE.tokenUsage,
  [METADATA.cost]: ATTRIBUTE.cost,
};

const numbersOf = (attributes: Attributes): Map<Counted, Numbers> =>
  new Map(
    COUNTED_KEYS.flatMap((kind) => {
      const numbers = readNumbers(kind, attributes.get(SOURCES[kind]));
      return numbers === undefined ? [] : [[kind, numbers] as const];
    }),
  );

function printSpan(span: OtlpSpan, attributes: Attributes): string {
  const { code, message } = span.status;
  return printMembers([
    ['trace_id', printId(span.traceId)],
    ['span_id', printId(span.spanId)],
    ['parent_span_id', span.parentId === undefined ? 'null' : printId(span.parentId)],
    ['name', JSON.stringify(span.name)],
    ['start_time_unix_nano', String(span.start)],
    ['end_time_unix_nano', String(span.end ?? 0)],
    ['events', `[${span.events.map(printEvent).join(', ')}]`],
    [
      'status',
      printMembers([
        ['code', `"STATUS_CODE_${code}"`],
        // Only an error has something to tell.
        ['message', JSON.stringify(code === 'ERROR' ? message : '')],
      ]),
    ],
    [
      'attributes',
      printMembers([...attributes].map(([key, text]) => [key, JSON.stringify(text)] as const)),
    ],
    ['links', `[${span.links.map(printLink).join(', ')}]`],
  ]);
}

const printEvent = ({ name, time, attributes }: OtlpEvent): string =>
  printMembers([
    ['name', JSON.stringify(name)],
    ['time_unix_nano', String(time)],
    ['attributes', printValue(attributes)],
  ]);

const printLink = ({ traceId, spanId, attributes }: OtlpLink): string =>
  printMembers([
    ['trace_id', JSON.stringify(toTraceId(traceId))],
    ['span_id', JSON.stringify(spanId)],
    ['attributes', printLinkAttributes(attributes)],
  ]);

const printLinkAttributes = (attributes: OtelMap): string =>
  attributes.size === 0 ? 'null' : printValue(attributes);

const printId = (hex: string): string => JSON.stringify(toBase64(Buffer.from(hex, 'hex')));
