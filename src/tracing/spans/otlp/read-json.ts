import { Mismatch } from '../../../platform/http/explain.js';
import { parseJsonBody } from '../../../platform/http/parse-json.js';
import { readBoolean, readDouble, readEnum, readInt64 } from '../../../platform/http/scalars.js';
import type { OtelMap, OtelValue } from '../otel-value.js';
import {
  notOtlp,
  type OtlpLink,
  type OtlpSpan,
  type ResourceSpans,
  STATUS_CODES,
  toId,
  toParentId,
  toTime,
} from './otlp.js';

type Members = Readonly<Record<string, unknown>>;

/**
 * Reads OTLP in its JSON form: protobuf's JSON, but ids are hexadecimal.
 *
 * @throws MlflowError 400
 */
export function readJson(text: string): ResourceSpans[] {
  const request = parseJsonBody(text);
  try {
    return list(request.resourceSpans).map((each) => {
      const { resource, scopeSpans } = members(each);
      return {
        resource: attributes(members(resource ?? {}).attributes),
        spans: list(scopeSpans).flatMap((scope) => list(members(scope).spans).map(toSpan)),
      };
    });
  } catch (error) {
    throw error instanceof Mismatch ? notOtlp() : error;
  }
}

function toSpan(raw: unknown): OtlpSpan {
  const span = members(raw);
  const status = members(span.status ?? {});
  const end = int64(span.endTimeUnixNano);
  return {
    ...toIds(span),
    parentId: toParentId(hex(span.parentSpanId)),
    name: text(span.name),
    start: toTime(int64(span.startTimeUnixNano)),
    end: end === 0n ? undefined : toTime(end),
    attributes: attributes(span.attributes),
    events: list(span.events).map((each) => {
      const event = members(each);
      return {
        name: text(event.name),
        time: toTime(int64(event.timeUnixNano)),
        attributes: attributes(event.attributes),
      };
    }),
    links: list(span.links).map((each): OtlpLink => {
      const link = members(each);
      return { ...toIds(link), attributes: attributes(link.attributes) };
    }),
    status: {
      code: STATUS_CODES[STATUS_NAMES.indexOf(statusName(status.code))] ?? 'UNSET',
      message: text(status.message),
    },
  };
}

const toIds = ({ traceId, spanId }: Members) => ({
  traceId: toId(hex(traceId), 'trace'),
  spanId: toId(hex(spanId), 'span'),
});

const STATUS_NAMES = STATUS_CODES.map((code) => `STATUS_CODE_${code}`);
const readStatus = readEnum(STATUS_NAMES, [0, 1, 2]);
const statusName = (raw: unknown): string => String(readStatus(raw ?? 0));

const attributes = (raw: unknown): OtelMap =>
  new Map(
    list(raw).map((each) => {
      const { key, value } = members(each);
      return [text(key), toValue(value ?? {})];
    }),
  );

/** Of several kinds at once, which protobuf does not know, the first one counts. */
function toValue(raw: unknown): OtelValue {
  const value = members(raw);
  if (isSet(value.stringValue)) return text(value.stringValue);
  if (isSet(value.boolValue)) return readBoolean(value.boolValue) as boolean;
  if (isSet(value.intValue)) return int64(value.intValue);
  if (isSet(value.doubleValue)) return readDouble(value.doubleValue) as number;
  if (isSet(value.arrayValue)) return list(members(value.arrayValue).values).map(toValue);
  if (isSet(value.kvlistValue)) return attributes(members(value.kvlistValue).values);
  if (isSet(value.bytesValue)) return Buffer.from(text(value.bytesValue), 'base64');
  return null;
}

const isSet = (raw: unknown): boolean => raw !== undefined && raw !== null;
/** Any text, as in the binary form: what a database can't hold is no reason to lose a span. */
function text(raw: unknown): string {
  if (typeof (raw ?? '') === 'string') return (raw ?? '') as string;
  throw new Mismatch(raw);
}

const int64 = (raw: unknown): bigint => BigInt(readInt64(raw ?? 0) as number | bigint);

function hex(raw: unknown): string {
  const digits = text(raw);
  if (!/^(?:[0-9a-f]{2})*$/i.test(digits)) throw new Mismatch(raw);
  return digits.toLowerCase();
}

function members(raw: unknown): Members {
  if (typeof raw === 'object' && raw !== null && !Array.isArray(raw)) return raw as Members;
  throw new Mismatch(raw);
}

function list(raw: unknown): readonly unknown[] {
  if (raw === undefined || raw === null) return [];
  if (Array.isArray(raw)) return raw;
  throw new Mismatch(raw);
}
