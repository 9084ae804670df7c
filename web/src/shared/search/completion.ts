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

/** What can be searched for: names, and what may follow each. */
export interface SearchLanguage {
  readonly keys: readonly Suggestion[];
  readonly operators: (key: string) => readonly Suggestion[];
  readonly values: (key: string) => readonly Suggestion[];
}

const MOST = 12;

const KEY = /(?:`[^`]*`?|"[^"]*"?|[\w./-])+/;
const WORDS = new RegExp(`'(?:[^']*)'?|\\([^)]*\\)?|[<>=!]+|${KEY.source}|\\s+|.`, 'gs');

interface Word {
  readonly text: string;
  readonly at: number;
}

/** Suggests how a filter may go on at a place; the grammar is key, operator, value, AND. */
export function complete(filter: string, caret: number, language: SearchLanguage): Completion {
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
    suggestions: expected(words, language)
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
function expected(words: readonly Word[], language: SearchLanguage): readonly Suggestion[] {
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
  if (state === 'key') return language.keys;
  if (state === 'joint') return [{ text: 'AND', hint: 'another condition' }];
  return state === 'operator' ? language.operators(key) : language.values(key);
}
