import { invalidParameter } from '../../errors.js';
import type { Naming, ValueType } from '../../platform/filter/language.js';
import { readStringList } from '../../platform/filter/list-literal.js';
import { list, quoted } from '../../platform/filter/python-text.js';
import { double, numeric } from '../../platform/filter/value-types.js';

const PREFIXES = new Map([
  ['attributes', 'attribute'],
  ['metrics', 'metric'],
  ['params', 'parameter'],
  ['tags', 'tag'],
]);
const PREFIXED = /^([a-z]+)\.(.+)$/;
const BARE_ALIASES = new Map([
  ['creation_time', 'creation_timestamp_ms'],
  ['creation_timestamp', 'creation_timestamp_ms'],
  ['last_updated_timestamp', 'last_updated_timestamp_ms'],
]);

/** Names in filters of logged models: plural prefixes in small letters, or a bare attribute. */
export const loggedModelNaming: Naming = {
  split(text) {
    const [, prefix, key] = PREFIXED.exec(text) ?? [];
    if (prefix === undefined || key === undefined) {
      return { entity: 'attribute', key: BARE_ALIASES.get(text) ?? text };
    }
    const entity = PREFIXES.get(prefix);
    if (entity !== undefined) return { entity, key };
    throw invalidParameter(
      `Invalid entity type: ${quoted(prefix)}. Expected one of ${list([...PREFIXES.keys()])}.`,
    );
  },
  unquote: (key) => strip(key, '`'),
  quotedAttributes: 'looked up',
};

function strip(text: string, quote: string): string {
  let [start, end] = [0, text.length];
  while (start < end && text[start] === quote) start++;
  while (end > start && text[end - 1] === quote) end--;
  return text.slice(start, end);
}

const EXPLICIT_PLUS = /^-?(?:\d+(?:\.\d*)?|\.\d+)e\+\d+$/i;

/** Also takes `1e+3`, which elsewhere is no number. */
const loosely = (strict: ValueType): ValueType => ({
  read: (operand, ...rest) =>
    EXPLICIT_PLUS.test(operand.text) ? Number(operand.text) : strict.read(operand, ...rest),
});
/** A number to compare with a metric. */
export const looseDouble = loosely(double);
/** A number to compare with a time. */
export const looseNumeric = loosely(numeric);

const EMPTY_LIST = /^\(\s*\)$/;

/** Text as written, quoted or not: `params.lr = 0.01` compares with the text `0.01`. */
export const looseText: ValueType = {
  read({ kind, text }) {
    if (kind === 'list') return EMPTY_LIST.test(text) ? [] : readStringList(text);
    return /^".*"$/s.test(text) && text.length > 1 ? text.slice(1, -1) : strip(text, "'");
  },
};

/** The names of the states of a logged model, by their number. */
export const STATUS_NAMES = [
  'LOGGED_MODEL_STATUS_UNSPECIFIED',
  'LOGGED_MODEL_PENDING',
  'LOGGED_MODEL_READY',
  'LOGGED_MODEL_UPLOAD_FAILED',
] as const;

const byShortName = new Map<string, string>(
  STATUS_NAMES.flatMap((name, number) => [
    [name, name],
    [name.replace('LOGGED_MODEL_', ''), name],
    [String(number), name],
  ]),
);

const fullName = (status: string): string => byShortName.get(status) ?? status;

/** A state by its name, with or without the prefix, or by its number. */
export const statusName: ValueType = {
  read: looseText.read,
  settle: (value) =>
    Array.isArray(value) ? (value as string[]).map(fullName) : fullName(value as string),
};
