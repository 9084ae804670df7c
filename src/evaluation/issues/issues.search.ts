import { attributes, named } from '../../platform/filter/entity-rules.js';
import type { FieldRules, Language, Naming, ValueType } from '../../platform/filter/language.js';
import { set } from '../../platform/filter/python-text.js';
import { columns, type Storage } from '../../platform/filter/storage.js';
import { PLAIN_CLAUSES } from '../../platform/filter/wording.js';

const withoutQuotes = (text: string): string => text.replace(/^['"]+|['"]+$/g, '');

/** Whatever stands there, with or without quotes. */
const anything: ValueType = { read: ({ text }) => withoutQuotes(text) };

const FIELD: FieldRules = {
  value: anything,
  operators: ['=', '!='],
  expected: (found) => `Invalid value ${found}`,
  badOperator: (operator) =>
    `Invalid comparator '${operator}'. Supported comparators: ${set(['!=', '='])}`,
  lists: true,
};

/** There are no prefixes: a name with a dot is a name that there isn't. */
const naming: Naming = {
  split: (text) => ({ entity: 'attribute', key: withoutQuotes(text) }),
  unquote: (key) => key,
  quotedAttributes: 'looked up',
};

/** What may be said in the filter of a search for issues. */
const language: Language = {
  naming,
  keys: new Map([
    [
      'attribute',
      attributes(
        (key, keys) => `Invalid filter field '${key}'. Supported fields: ${set(keys)}`,
        [FIELD, named('source_run_id', 'status')],
      ),
    ],
  ]),
  foldsOperators: true,
  operatorsLast: false,
  strictNames: false,
  wording: {
    ...PLAIN_CLAUSES,
    parts: (_, parts) => `Invalid comparison: expected 3 tokens, got ${parts}`,
  },
};

const column = columns('issues', {
  source_run_id: 'text',
  status: 'text',
  severity_rank: 'integer',
  created_timestamp: 'integer',
  id: 'integer',
});

/** The worst first, and of equal ones the newest. */
const storage: Storage = {
  filterBy: column,
  sortBy: (field) => ({ columns: [column(field)] }),
  defaultOrder: [
    { entity: 'attribute', key: 'severity_rank', ascending: false },
    { entity: 'attribute', key: 'created_timestamp', ascending: false },
  ],
  tieBreakers: [{ entity: 'attribute', key: 'id', ascending: false }],
};

/** Searching issues: the query selects from `issues`. */
export const ISSUE_SEARCH = { language, storage };
