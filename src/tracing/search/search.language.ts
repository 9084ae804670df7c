import { invalidParameter } from '../../errors.js';
import { attributes, named } from '../../platform/filter/entity-rules.js';
import type { FieldRules, Keys, Language, Meaning } from '../../platform/filter/language.js';
import { set } from '../../platform/filter/python-text.js';
import { QUOTING_CLAUSES, unknownAttribute } from '../../platform/filter/wording.js';
import { naming } from './search.naming.js';
import {
  ASSESSED,
  ASSESSMENT_WRITING,
  ATTRIBUTE,
  ATTRIBUTES,
  byAlias,
  CONTENT,
  contentNamed,
  ISSUE_WRITING,
  LISTED,
  LISTING,
  METADATA_WRITING,
  metadataNamed,
  PROMPTS_TAG,
  promptNamed,
  refuseList,
  SPAN_WRITING,
  spanNotOneOf,
  TAG_WRITING,
  TIME,
  TIMES,
  tagNamed,
  type Writing,
} from './search.rules.js';

const tags: Keys = {
  meaning: (key) =>
    key === PROMPTS_TAG
      ? promptNamed(TAG_WRITING)
      : (byAlias(key, TAG_WRITING) ?? tagNamed(key, TAG_WRITING)),
};
const metadata: Keys = {
  meaning: (key) => byAlias(key, METADATA_WRITING) ?? metadataNamed(key, METADATA_WRITING),
};

const SPAN_COLUMNS = ['name', 'status', 'type'];
const SPAN_OPERATORS = LISTED;
/** The texts of attributes lie in one text with all else, so that a list finds none of them. */
const SPAN_ATTRIBUTE_OPERATORS = LISTED.filter((operator) => !operator.endsWith('IN'));

/** A key that no operator fits, which is told in these words once its value has been read. */
const refusing = (entity: string, name: string, writing: Writing, words: string): Meaning => ({
  entity,
  name,
  rules: { ...writing, operators: [], badOperator: () => words },
});

const spans: Keys = {
  meaning(key) {
    if (key === CONTENT) return contentNamed(SPAN_WRITING);
    const isAttribute = key.startsWith(ATTRIBUTES);
    if (key === ATTRIBUTES) {
      const words = "Span attribute name cannot be empty after 'attributes.'";
      return refusing('span', key, SPAN_WRITING, words);
    }
    if (!isAttribute && !SPAN_COLUMNS.includes(key)) {
      const words =
        `Invalid span attribute '${key}'. ` +
        `Supported attributes: ${SPAN_COLUMNS.join(', ')}, attributes.<attribute_name>.`;
      return refusing('span', key, SPAN_WRITING, words);
    }
    const rules: FieldRules = {
      ...SPAN_WRITING,
      operators: isAttribute ? SPAN_ATTRIBUTE_OPERATORS : SPAN_OPERATORS,
      badOperator: (operator) =>
        isAttribute && operator.endsWith('IN')
          ? `span.${key} cannot be compared with a list of values.`
          : spanNotOneOf(key, SPAN_OPERATORS)(operator),
    };
    return { entity: 'span', name: key, rules };
  },
};

const assessments = (entity: string): Keys => ({
  meaning(key) {
    if (key === '') {
      const words = 'Assessment field name cannot be empty';
      return refusing(entity, key, ASSESSMENT_WRITING, words);
    }
    const alias = byAlias(key, ASSESSMENT_WRITING);
    if (alias !== undefined) return alias;
    const badOperator = (operator: string): string =>
      `assessment.${key} comparator '${operator}' not one of '${set(ASSESSED)}'`;
    const rules = { ...ASSESSMENT_WRITING, operators: ASSESSED, badOperator };
    return { entity, name: key, rules };
  },
});

const issues: Keys = {
  meaning(key) {
    const alias = byAlias(key, ISSUE_WRITING);
    if (alias !== undefined) return alias;
    if (key !== 'id') {
      const words = `Invalid issue attribute '${key}'. Supported attributes: id`;
      return refusing('issue', key, ISSUE_WRITING, words);
    }
    const badOperator = (operator: string): string =>
      `issue.id comparator '${operator}' not one of '{'='}'`;
    return {
      entity: 'issue',
      name: key,
      rules: { ...ISSUE_WRITING, operators: ['='], badOperator },
    };
  },
};

const known = attributes(
  unknownAttribute,
  [ATTRIBUTE, named('request_id', 'status', 'client_request_id')],
  [TIME, TIMES],
) as Extract<Keys, { readonly known: unknown }>;

const FILTER_KEYS = [...known.known.keys(), 'name', 'run_id', 'prompt', 'text'];

const filterAttributes: Keys = {
  meaning(key) {
    const found = known.known.get(key);
    if (found !== undefined) return { entity: 'attribute', ...found };
    if (!FILTER_KEYS.includes(key)) throw invalidParameter(unknownAttribute(key, FILTER_KEYS));
    const lists = LISTING.includes(key) ? true : refuseList;
    return byAlias(key, { ...ATTRIBUTE, lists }) as Meaning;
  },
};

const isTrimmed = (key: string): string =>
  key.length >= 2 && key.startsWith('`') && key.endsWith('`') ? key.slice(1, -1) : key;

/** @returns the name of a span's attribute, where the key names one */
export const attributeOf = (key: string): string | undefined =>
  key.startsWith(ATTRIBUTES) ? isTrimmed(key.slice(ATTRIBUTES.length)) : undefined;

/** The language of filters of traces. */
export const TRACE_LANGUAGE: Language = {
  naming,
  keys: new Map<string, Keys>([
    ['attribute', filterAttributes],
    ['tag', tags],
    ['request_metadata', metadata],
    ['span', spans],
    ['feedback', assessments('feedback')],
    ['expectation', assessments('expectation')],
    ['issue', issues],
  ]),
  names: new Set(['timestamp']),
  foldsOperators: true,
  operatorsLast: true,
  strictNames: true,
  wording: QUOTING_CLAUSES,
};
