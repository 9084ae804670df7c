import {
  isList,
  isObject,
  member,
  parseTagged,
  printTagged,
  type TaggedObject,
} from '../../platform/tagged-json.js';
import { ATTRIBUTE, textOf, UNKNOWN_TYPE } from '../../tracing/spans/conventions.js';
import { COUNTED_KEYS, readNumbers } from '../../tracing/traces/trace-numbers.js';
import { METADATA } from '../../tracing/traces/traces.js';
import type { StagedRows } from './tables.js';

const NUMBERS = { [METADATA.tokenUsage]: ATTRIBUTE.tokenUsage, [METADATA.cost]: ATTRIBUTE.cost };

/**
 * Reads the spans of a trace from the file that MLflow makes of them; each stays as it is there.
 *
 * @throws Error when the text is not what MLflow writes
 */
export function spanRows(
  trace_id: string,
  text: string,
): Pick<StagedRows, 'spans' | 'span_metrics'> {
  const file = parseTagged(text, 'the trace');
  const spans = isObject(file) ? member(file, 'spans') : undefined;
  if (spans === undefined || !isList(spans)) throw new Error('The trace holds no list of spans');
  const told = spans.filter(isObject).map((span) => ({ span, attributes: attributesOf(span) }));
  return {
    spans: told.map(({ span, attributes }) => {
      const status = member(span, 'status');
      const code = isObject(status) ? textIn(status, 'code') : undefined;
      return {
        trace_id,
        span_id: hexOf(textIn(span, 'span_id')),
        parent_span_id: hexOf(textIn(span, 'parent_span_id')),
        name: textIn(span, 'name') ?? '',
        type: spoken(attributes.get(ATTRIBUTE.type)) ?? UNKNOWN_TYPE,
        status: code?.replace(/^STATUS_CODE_/, '') ?? 'UNSET',
        start_time_unix_nano: integerIn(span, 'start_time_unix_nano') ?? 0,
        end_time_unix_nano: integerIn(span, 'end_time_unix_nano'),
        model_name: spoken(attributes.get(ATTRIBUTE.model)) ?? null,
        model_provider: spoken(attributes.get(ATTRIBUTE.provider)) ?? null,
        content: unescaped(printTagged(span)),
      };
    }),
    span_metrics: told.flatMap(({ span, attributes }) =>
      COUNTED_KEYS.flatMap((kind) =>
        // Only costs are kept of single spans there.
        kind === METADATA.cost
          ? [...(readNumbers(kind, attributes.get(NUMBERS[kind])) ?? [])].map(([key, value]) => ({
              ...{ trace_id, span_id: hexOf(textIn(span, 'span_id')), key, value },
            }))
          : [],
      ),
    ),
  };
}

const ESCAPE = /\\\\|\\u(d[89ab][\da-f]{2})\\u(d[c-f][\da-f]{2})|\\u([\da-f]{4})/gi;

/** Letters beyond ASCII stand as they are, so that searches for them find them. */
const unescaped = (json: string): string =>
  json.replace(ESCAPE, (whole: string, high?: string, low?: string, single?: string) => {
    if (high !== undefined && low !== undefined) {
      return String.fromCharCode(Number.parseInt(high, 16), Number.parseInt(low, 16));
    }
    const code = Number.parseInt(single ?? '', 16);
    return code >= 0xa0 && (code < 0xd800 || code > 0xdfff) ? String.fromCharCode(code) : whole;
  });

/** The JSON text of each attribute. */
function attributesOf(span: TaggedObject): Map<string, string> {
  const attributes = member(span, 'attributes');
  if (!isObject(attributes)) return new Map();
  return new Map(
    Object.entries(attributes).flatMap(([name, value]) =>
      typeof value === 'string' && value.startsWith('s')
        ? [[name.slice(1), value.slice(1)] as const]
        : [],
    ),
  );
}

const spoken = (json: string | undefined): string | undefined =>
  json?.startsWith('"') ? textOf(json) : undefined;

function textIn(object: TaggedObject, name: string): string | undefined {
  const value = member(object, name);
  return typeof value === 'string' && value.startsWith('s') ? value.slice(1) : undefined;
}

function integerIn(object: TaggedObject, name: string): bigint | null {
  const value = member(object, name);
  return typeof value === 'string' && /^[sn]-?\d+$/.test(value) ? BigInt(value.slice(1)) : null;
}

/** Ids are in base64 there; those of MLflow 2 are in hex with a prefix. */
function hexOf(id: string | undefined): string | null {
  if (id === undefined) return null;
  return /^0x[\da-f]+$/.test(id) ? id.slice(2) : Buffer.from(id, 'base64').toString('hex');
}
