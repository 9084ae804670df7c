import protobuf from 'protobufjs';
import { MlflowError } from '../../../errors.js';
import type { OtelMap, OtelValue } from '../otel-value.js';
import {
  notOtlp,
  type OtlpSpan,
  type ResourceSpans,
  refused,
  STATUS_CODES,
  toId,
  toParentId,
  toTime,
} from './otlp.js';
import {
  type AnyValueMessage,
  type ExportRequestMessage,
  exportRequest,
  type KeyValueMessage,
  type Long,
  type SpanMessage,
} from './schema.js';

/** Fields of a request: a message takes two bytes at least, and millions of them hold up all else. */
const MAX_FIELDS = 1_000_000;

class CountingReader extends protobuf.BufferReader {
  #fields = 0;

  override tag(): number {
    this.#fields += 1;
    if (this.#fields > MAX_FIELDS) {
      throw refused(`The request holds more than ${MAX_FIELDS} fields`, 413);
    }
    return super.tag();
  }
}

/**
 * Reads OTLP in its binary form.
 *
 * @throws MlflowError 400
 */
export function readProtobuf(bytes: Buffer): ResourceSpans[] {
  return decode(bytes).resourceSpans.map(({ resource, scopeSpans }) => ({
    resource: toMap(resource?.attributes ?? []),
    spans: scopeSpans.flatMap(({ spans }) => spans.map(toSpan)),
  }));
}

function decode(bytes: Buffer): ExportRequestMessage {
  try {
    return exportRequest.decode(new CountingReader(bytes)) as unknown as ExportRequestMessage;
  } catch (error) {
    if (error instanceof MlflowError) throw error;
    // Cut off, nested without end, or no protobuf at all: the library has no error class for it.
    throw notOtlp();
  }
}

function toSpan(span: SpanMessage): OtlpSpan {
  const end = toUnsigned(span.endTimeUnixNano);
  return {
    traceId: toId(hex(span.traceId), 'trace'),
    spanId: toId(hex(span.spanId), 'span'),
    parentId: toParentId(hex(span.parentSpanId)),
    name: span.name,
    start: toTime(toUnsigned(span.startTimeUnixNano)),
    end: end === 0n ? undefined : toTime(end),
    attributes: toMap(span.attributes),
    events: span.events.map(({ timeUnixNano, name, attributes }) => ({
      name,
      time: toTime(toUnsigned(timeUnixNano)),
      attributes: toMap(attributes),
    })),
    links: span.links.map((link) => ({
      traceId: toId(hex(link.traceId), 'trace'),
      spanId: toId(hex(link.spanId), 'span'),
      attributes: toMap(link.attributes),
    })),
    status: {
      code: STATUS_CODES[span.status?.code ?? 0] ?? 'UNSET',
      message: span.status?.message ?? '',
    },
  };
}

const toMap = (pairs: readonly KeyValueMessage[]): OtelMap =>
  new Map(pairs.map(({ key, value }) => [key, value === null ? null : toValue(value)]));

function toValue(message: AnyValueMessage): OtelValue {
  switch (message.value) {
    case 'intValue':
      return BigInt.asIntN(64, toUnsigned(message.intValue));
    case 'arrayValue':
      return message.arrayValue.values.map(toValue);
    case 'kvlistValue':
      return toMap(message.kvlistValue.values);
    case undefined:
      return null;
    default:
      return message[message.value];
  }
}

const toUnsigned = ({ low, high }: Long): bigint => (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
