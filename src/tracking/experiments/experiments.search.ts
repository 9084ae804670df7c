import {
  attributes,
  expectedText,
  LISTABLE,
  NULLABLE,
  NUMERIC,
  named,
  onlyLists,
  prefixes,
  TEXT,
} from '../../platform/filter/entity-rules.js';
import type { FieldRules } from '../../platform/filter/language.js';
import { dotted } from '../../platform/filter/naming.js';
import { set } from '../../platform/filter/python-text.js';
import { columns, textByKey } from '../../platform/filter/storage.js';
import { experimentId, integer, text } from '../../platform/filter/value-types.js';
import type { Vocabulary } from '../../platform/filter/vocabulary.js';
import { PLAIN_CLAUSES, unknownAttribute } from '../../platform/filter/wording.js';

const NAME: FieldRules = {
  value: text,
  operators: TEXT,
  expected: (found) => `Expected a quoted string value for attributes. Got value ${found}`,
  badOperator: (operator) => `Invalid comparator '${operator}' not one of '${set(LISTABLE)}'`,
  lists: onlyLists('experiment_id'),
};
const ID: FieldRules = {
  ...NAME,
  value: experimentId,
  operators: ['=', '!=', 'IN', 'NOT IN'],
  badOperator: (operator) => `Invalid comparator for experiment_id: ${operator}`,
  lists: true,
};
const TIME: FieldRules = {
  value: integer,
  operators: NUMERIC,
  expected: (found, { key }) =>
    `Expected numeric value type for numeric attribute: ${key}. Found ${found}`,
  // MLflow prints the operators of text here.
  badOperator: (operator) => `Invalid comparator '${operator}' not one of '${set(LISTABLE)}`,
};
const TAG: FieldRules = {
  value: text,
  operators: NULLABLE,
  expected: expectedText,
  badOperator: (operator) => `Invalid comparator for tag: ${operator}`,
};

const naming = dotted({
  prefixes: prefixes({ attribute: ['attribute'], tag: ['tag', 'tags'] }),
  unknownPrefix: (prefix) =>
    `Invalid entity type '${prefix}'. Valid entity types are ('attribute', 'tag', 'tags')`,
});

const keys: Vocabulary['language']['keys'] = new Map([
  [
    'attribute',
    attributes(
      unknownAttribute,
      [NAME, named('name')],
      [ID, named('experiment_id')],
      [TIME, named('creation_time', 'last_update_time')],
    ),
  ],
  ['tag', { any: TAG }],
]);

const TAGS = {
  table: 'experiment_tags',
  owner: (alias: string) => `${alias}.experiment_id = experiments.experiment_id`,
};

const column = columns('experiments', {
  name: 'text',
  experiment_id: 'integer',
  creation_time: 'integer',
  last_update_time: 'integer',
});

/** Searching experiments: the query selects from `experiments`. */
export const EXPERIMENT_SEARCH: Vocabulary = {
  language: {
    naming,
    keys,
    foldsOperators: false,
    operatorsLast: true,
    strictNames: true,
    unsupportedNull: ({ key }) =>
      `IS NULL / IS NOT NULL is only supported for tags, not for attribute '${key}'`,
    wording: PLAIN_CLAUSES,
  },
  order: {
    naming,
    keys,
    refused: new Map([['tag', 'Invalid order_by entity: tag']]),
    duplicates: 'ignored',
  },
  storage: {
    filterBy: (field) => (field.entity === 'tag' ? textByKey(TAGS, field.key) : column(field)),
    sortBy: (field) => ({ columns: [column(field)] }),
    defaultOrder: [
      { entity: 'attribute', key: 'creation_time', ascending: false },
      { entity: 'attribute', key: 'experiment_id', ascending: true },
    ],
    tieBreakers: [{ entity: 'attribute', key: 'experiment_id', ascending: false }],
  },
};
