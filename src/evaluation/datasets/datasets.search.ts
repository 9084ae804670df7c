import { invalidParameter } from '../../errors.js';
import {
  attributes,
  expectedText,
  NUMERIC,
  named,
  onlyLists,
  TEXT,
} from '../../platform/filter/entity-rules.js';
import type { FieldRules, Naming, ValueType } from '../../platform/filter/language.js';
import { set } from '../../platform/filter/python-text.js';
import { columns, textByKey } from '../../platform/filter/storage.js';
import { integer, text } from '../../platform/filter/value-types.js';
import type { Vocabulary } from '../../platform/filter/vocabulary.js';
import { PLAIN_CLAUSES } from '../../platform/filter/wording.js';

const nameOrNames: ValueType = {
  read(operand, field, rules, operator) {
    const value = text.read(operand, field, rules, operator);
    if (!Array.isArray(value) || operator === 'IN') return value;
    throw invalidParameter("List values for 'name' are only supported with the IN comparator.");
  },
};

const AUTHOR: FieldRules = {
  value: text,
  operators: [...TEXT, '<', '<=', '>', '>='],
  expected: (found) => `Expected a quoted string value for attributes. Got value ${found}`,
  badOperator: (operator) => `Invalid comparator for string attribute: ${operator}`,
  lists: onlyLists('name'),
};
const NAME: FieldRules = {
  ...AUTHOR,
  value: nameOrNames,
  operators: [...AUTHOR.operators, 'IN'],
  lists: true,
};
const TIME: FieldRules = {
  value: integer,
  operators: NUMERIC,
  expected: (found, { key }) =>
    `Expected numeric value type for numeric attribute: ${key}. Found ${found}`,
  badOperator: (operator) => `Invalid comparator for numeric attribute: ${operator}`,
};
const TAG: FieldRules = {
  value: text,
  operators: TEXT,
  expected: expectedText,
  badOperator: (operator) => `Invalid comparator for tag: ${operator}`,
};

/** Attributes stand bare, tags behind `tags.`; quotes are part of a name, as in MLflow. */
const naming: Naming = {
  split(name) {
    const dot = name.indexOf('.');
    if (dot < 0) return { entity: 'attribute', key: name };
    const prefix = name.slice(0, dot);
    if (prefix === 'tags') return { entity: 'tag', key: name.slice(dot + 1) };
    throw invalidParameter(`Invalid identifier token '${prefix}' specified`);
  },
  unquote: (key) => key,
  quotedAttributes: 'looked up',
};

const unknownAttribute = (key: string, keys: readonly string[]): string =>
  `Invalid attribute key '${key}' specified. Valid keys are: ${set(keys)}`;

const TIMES = named('created_time', 'last_update_time');
const TAGS = {
  table: 'evaluation_dataset_tags',
  owner: (alias: string) => `${alias}.dataset = evaluation_datasets.id`,
};

const column = columns('evaluation_datasets', {
  name: 'text',
  created_by: 'text',
  last_updated_by: 'text',
  created_time: 'integer',
  last_update_time: 'integer',
  dataset_id: 'text',
});

/** Searching evaluation datasets: the query selects from `evaluation_datasets`. */
export const DATASET_SEARCH: Vocabulary = {
  language: {
    naming,
    keys: new Map([
      [
        'attribute',
        attributes(
          unknownAttribute,
          [NAME, named('name')],
          [AUTHOR, named('created_by', 'last_updated_by')],
          [TIME, TIMES],
        ),
      ],
      ['tag', { any: TAG }],
    ]),
    foldsOperators: false,
    operatorsLast: true,
    strictNames: true,
    unsupportedNull: ({ entity, key }) =>
      entity === 'tag'
        ? 'Invalid comparator for tag: IS NULL'
        : `IS NULL / IS NOT NULL is only supported for tags and params, not for 'attribute' '${key}'`,
    wording: PLAIN_CLAUSES,
  },
  order: {
    naming,
    keys: new Map([
      ['attribute', attributes(unknownAttribute, [NAME, named('name')], [TIME, TIMES])],
      ['tag', { any: TAG }],
    ]),
    refused: new Map([['tag', 'Invalid order_by entity: tag']]),
    duplicates: 'ignored',
  },
  storage: {
    filterBy: (field) => (field.entity === 'tag' ? textByKey(TAGS, field.key) : column(field)),
    sortBy: (field) => ({ columns: [column(field)] }),
    defaultOrder: [{ entity: 'attribute', key: 'created_time', ascending: false }],
    tieBreakers: [{ entity: 'attribute', key: 'dataset_id', ascending: false }],
  },
};
