import { printJson } from '../../platform/http/wire-json.js';
import { Double, parseStored } from './stored-json.js';

/** A span as MLflow writes it into files and into the database. */
interface StoredContent {
  readonly trace_id: string;
  readonly span_id: string;
  readonly parent_span_id: string | null;
  readonly name: string;
  readonly events: readonly {
    readonly name: string;
    readonly time_unix_nano: bigint | number;
    readonly attributes: Members;
  }[];
  readonly status: { readonly code: string; readonly message: string };
  /** JSON text of each. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly links: readonly {
    readonly trace_id: string;
    readonly span_id: string;
    readonly attributes: Members | null;
  }[];
}

type Members = Readonly<Record<string, unknown>>;

/** Times are read as text: they have more digits than a number. No name can hold these quotes. */
const TIMES = /"start_time_unix_nano": (\d+), "end_time_unix_nano": (\d+), "events": \[(\])?/;

/** The JSON text of a stored span as a message of OpenTelemetry; unset fields are left out. */
export function spanToJson(content: string): string {
  const [, start = '0', end = '0', noEvents] = TIMES.exec(content) ?? [];
  // Attributes are texts, so that only events hold numbers which must stay what they are.
  const span = (noEvents ? JSON.parse(content) : parseStored(content)) as StoredContent;
  const { code, message } = span.status;
  const head = printJson({
    trace_id: span.trace_id,
    span_id: span.span_id,
    parent_span_id: span.parent_span_id ?? undefined,
    name: filled(span.name),
  });
  const rest = printJson({
    attributes: list(
      Object.entries(span.attributes).map(([key, text]) => pair(key, parseAttribute(text))),
    ),
    events: list(
      span.events.map((event) => ({
        time_unix_nano: Number(event.time_unix_nano) === 0 ? undefined : event.time_unix_nano,
        name: filled(event.name),
        attributes: list(pairs(event.attributes)),
      })),
    ),
    links: list(
      span.links.map((link) => ({
        trace_id: base64(link.trace_id.slice('tr-'.length)),
        span_id: base64(link.span_id),
        attributes: list(pairs(link.attributes ?? {})),
      })),
    ),
    status: {
      message: filled(message),
      code: code === 'STATUS_CODE_UNSET' ? undefined : code,
    },
  });
  const times = member('start_time_unix_nano', start) + member('end_time_unix_nano', end);
  return `${head.slice(0, -1)}${times},${rest.slice(1)}`;
}

/** 0 is no time. */
const member = (name: string, ns: string): string => (ns === '0' ? '' : `,"${name}":${ns}`);

/** What can't be parsed as JSON is a text. */
const parseAttribute = (json: string): unknown => {
  const value = parseStored(json);
  return value === undefined ? json : value;
};

const filled = (text: string): string | undefined => (text === '' ? undefined : text);

const list = <Item>(items: readonly Item[]): readonly Item[] | undefined =>
  items.length === 0 ? undefined : items;

const base64 = (hex: string): string => Buffer.from(hex, 'hex').toString('base64');

const pairs = (members: Members) => Object.entries(members).map(([key, value]) => pair(key, value));

const pair = (key: string, value: unknown) =>
  value === null ? { key: filled(key) } : { key: filled(key), value: toAnyValue(value) };

function toAnyValue(value: unknown): object {
  if (value instanceof Double) return { double_value: toWireDouble(value.value) };
  switch (typeof value) {
    case 'string':
      return { string_value: value };
    case 'boolean':
      return { bool_value: value };
    case 'bigint':
      return inRange(value) ? { int_value: value } : { double_value: Number(value) };
    case 'number':
      return Number.isInteger(value) ? { int_value: value } : { double_value: value };
    default:
      if (value === null) return {};
      if (Array.isArray(value)) return { array_value: { values: list(value.map(toAnyValue)) } };
      return { kvlist_value: { values: list(pairs(value as Members)) } };
  }
}

const inRange = (value: bigint): boolean => BigInt.asIntN(64, value) === value;

const toWireDouble = (value: number): number | string =>
  Number.isFinite(value) ? value : String(value);
