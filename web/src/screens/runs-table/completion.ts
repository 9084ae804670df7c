import { isOfSystem, quoted } from './columns.ts';

/** What may stand at a place of a filter. */
export interface Suggestion {
  readonly text: string;
  readonly hint: string;
}

export interface Completion {
  /** Where the word begins that a suggestion takes the place of. */
  readonly from: number;
  readonly suggestions: readonly Suggestion[];
}

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
const MOST = 12;

const KEY = /(?:`[^`]*`?|"[^"]*"?|[\w./-])+/;
const WORDS = new RegExp(`'(?:[^']*)'?|\\([^)]*\\)?|[<>=!]+|${KEY.source}|\\s+|.`, 'gs');

interface Word {
  readonly text: string;
  readonly at: number;
}

/** Suggests how a filter may go on at a place; the grammar is key, operator, value, AND. */
export function complete(filter: string, caret: number, keys: Keys): Completion {
  const before = filter.slice(0, caret);
  const words: Word[] = [];
  for (const { 0: text, index } of before.matchAll(WORDS)) {
    if (text.trim() !== '') words.push({ text, at: index });
  }
  const isOpen = /\S$/.test(before);
  const last = isOpen ? words.pop() : undefined;
  const from = last?.at ?? caret;
  return {
    from,
    suggestions: expected(words, keys)
      .filter(fits(last?.text ?? ''))
      .slice(0, MOST),
  };
}

const fits =
  (word: string) =>
  ({ text }: Suggestion): boolean => {
    const plain = (value: string) => value.toLowerCase().replaceAll(/['"`]/g, '');
    return plain(text).includes(plain(word)) && text !== word;
  };

/** What the words so far leave open. */
function expected(words: readonly Word[], keys: Keys): readonly Suggestion[] {
  let state: 'key' | 'operator' | 'value' | 'joint' = 'key';
  let key = '';
  for (const { text } of words) {
    const upper = text.toUpperCase();
    if (state === 'key') {
      key = text;
      state = 'operator';
    } else if (state === 'operator') {
      if (upper === 'IS' || upper === 'NOT') continue;
      state = upper === 'NULL' ? 'joint' : 'value';
    } else state = state === 'value' ? 'joint' : 'key';
  }
  if (state === 'key') return allKeys(keys);
  if (state === 'joint') return [{ text: 'AND', hint: 'another condition' }];
  return state === 'operator' ? operators(key) : values(key);
}

function allKeys(keys: Keys): readonly Suggestion[] {
  const of = (kind: 'metrics' | 'params' | 'tags', hint: string) =>
    keys[kind].map((key) => ({ text: quoted({ kind, key }), hint }));
  const tags = of('tags', 'tag');
  return [
    ...of('metrics', 'metric').filter(({ text }) => !isOfSystem(text.slice(9))),
    ...of('params', 'parameter'),
    ...ATTRIBUTES.map((key) => ({ text: `attributes.${key}`, hint: 'attribute' })),
    ...tags,
    ...of('metrics', 'metric').filter(({ text }) => isOfSystem(text.slice(9))),
  ];
}

const isNumeric = (key: string): boolean => /^metrics?\.|_time$/.test(key);

function operators(key: string): readonly Suggestion[] {
  const hint = isNumeric(key) ? 'compare numbers' : 'compare text';
  const texts = isNumeric(key) ? NUMERIC : TEXTUAL.slice(0, /^(?:params|tags)/.test(key) ? 6 : 4);
  return texts.map((text) => ({ text, hint }));
}

function values(key: string): readonly Suggestion[] {
  if (!key.endsWith('status')) return [];
  return STATES.map((state) => ({ text: `'${state}'`, hint: 'status' }));
}
