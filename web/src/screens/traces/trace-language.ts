import type { Schema } from '../../shared/api.ts';
import type { SearchLanguage } from '../../shared/search/completion.ts';

type TraceInfo = Schema<'TraceInfoV3'>;

const ATTRIBUTES = [
  'trace.status',
  'trace.name',
  'trace.timestamp_ms',
  'trace.execution_time_ms',
  'trace.run_id',
  'trace.client_request_id',
  'span.name',
  'span.type',
  'span.content',
];
const NUMERIC = ['>', '>=', '<', '<=', '=', '!='];
const TEXTUAL = ['=', '!=', 'LIKE', 'ILIKE', 'RLIKE'];
const STATES = ['OK', 'ERROR', 'IN_PROGRESS'];

/** The search language of traces, with what the traces at hand are told apart by. */
export function traceLanguage(traces: readonly TraceInfo[]): SearchLanguage {
  const tags = new Set(traces.flatMap(({ tags = {} }) => Object.keys(tags)));
  const metadata = new Set(
    traces.flatMap(({ trace_metadata = {} }) => Object.keys(trace_metadata)),
  );
  const assessments = traces.flatMap(({ assessments = [] }) => assessments);
  const named = (isWanted: (one: Schema<'Assessment'>) => boolean) =>
    new Set(assessments.filter(isWanted).flatMap(({ assessment_name }) => assessment_name ?? []));
  const of = (prefix: string, keys: ReadonlySet<string>, hint: string) =>
    [...keys].sort().map((key) => ({ text: `${prefix}.${quotedKey(key)}`, hint }));
  return {
    keys: [
      ...ATTRIBUTES.map((text) => ({
        text,
        hint: text.startsWith('span.') ? 'any span' : 'attribute',
      })),
      ...of(
        'feedback',
        named(({ feedback }) => feedback !== undefined),
        'feedback',
      ),
      ...of(
        'expectation',
        named(({ expectation }) => expectation !== undefined),
        'expectation',
      ),
      ...of('tags', tags, 'tag'),
      ...of('metadata', metadata, 'metadata'),
    ],
    operators: (key) =>
      /_ms$/.test(key)
        ? NUMERIC.map((text) => ({ text, hint: 'compare numbers' }))
        : TEXTUAL.map((text) => ({ text, hint: 'compare text' })),
    values: (key) =>
      /\.status$/.test(key) ? STATES.map((state) => ({ text: `'${state}'`, hint: 'status' })) : [],
  };
}

const quotedKey = (key: string): string =>
  /^\w+$/.test(key) ? key : `\`${key.replaceAll('`', '')}\``;
