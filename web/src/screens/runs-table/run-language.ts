import type { SearchLanguage, Suggestion } from '../../shared/search/completion.ts';
import { isOfSystem, quoted } from './columns.ts';

export type Keys = Readonly<Record<'metrics' | 'params' | 'tags', readonly string[]>>;

const ATTRIBUTES = [
  'run_name',
  'status',
  'start_time',
  'end_time',
  'user_id',
  'run_id',
  'artifact_uri',
];
const NUMERIC = ['>', '>=', '<', '<=', '=', '!='];
const TEXTUAL = ['=', '!=', 'LIKE', 'ILIKE', 'IS NULL', 'IS NOT NULL'];
const STATES = ['FINISHED', 'RUNNING', 'FAILED', 'SCHEDULED', 'KILLED'];

/** The search language of runs, with the keys that runs at hand have. */
export const runLanguage = (keys: Keys): SearchLanguage => ({
  keys: allKeys(keys),
  operators,
  values: (key) =>
    key.endsWith('status') ? STATES.map((state) => ({ text: `'${state}'`, hint: 'status' })) : [],
});

function allKeys(keys: Keys): readonly Suggestion[] {
  const of = (kind: 'metrics' | 'params' | 'tags', hint: string) =>
    keys[kind].map((key) => ({ text: quoted({ kind, key }), hint }));
  const metrics = of('metrics', 'metric');
  const isSystem = ({ text }: Suggestion) => isOfSystem(text.replace(/^metrics\.`?/, ''));
  return [
    ...metrics.filter((metric) => !isSystem(metric)),
    ...of('params', 'parameter'),
    ...ATTRIBUTES.map((key) => ({ text: `attributes.${key}`, hint: 'attribute' })),
    ...of('tags', 'tag'),
    ...metrics.filter(isSystem),
  ];
}

const isNumeric = (key: string): boolean => /^metrics?\.|_time$/.test(key);

function operators(key: string): readonly Suggestion[] {
  const hint = isNumeric(key) ? 'compare numbers' : 'compare text';
  const texts = isNumeric(key) ? NUMERIC : TEXTUAL.slice(0, /^(?:params|tags)/.test(key) ? 6 : 4);
  return texts.map((text) => ({ text, hint }));
}
