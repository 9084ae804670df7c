import {
  attributes,
  expectedText,
  LISTABLE,
  NULLABLE,
  NUMERIC,
  named,
  onlyLists,
  prefixes,
} from '../../platform/filter/entity-rules.js';
import type { Field, FieldRules, Keys } from '../../platform/filter/language.js';
import { dotted } from '../../platform/filter/naming.js';
import { set } from '../../platform/filter/python-text.js';
import {
  columns,
  type IndexedRows,
  type RowSource,
  type SortSource,
  sortByText,
  textByKey,
} from '../../platform/filter/storage.js';
import { double, numeric, text } from '../../platform/filter/value-types.js';
import type { Vocabulary } from '../../platform/filter/vocabulary.js';
import { QUOTING_CLAUSES, unknownAttribute } from '../../platform/filter/wording.js';

const RUN_NAME_TAG = 'mlflow.runName';
const CONTEXT_TAG = 'mlflow.data.context';

const notOneOf = (operators: readonly string[], close: string) => (operator: string) =>
  `Invalid comparator '${operator}' not one of '${set(operators)}${close}`;

const TEXT_ATTRIBUTE: FieldRules = {
  value: text,
  operators: LISTABLE,
  expected: (found) => `Expected a quoted string value for attributes. Got value ${found}`,
  badOperator: notOneOf(LISTABLE, "'"),
  lists: onlyLists('run_id'),
};
const RUN_ID: FieldRules = { ...TEXT_ATTRIBUTE, lists: true };
const TIME: FieldRules = {
  value: numeric,
  operators: NUMERIC,
  expected: (found, { key }) =>
    `Expected numeric value type for numeric attribute: ${key}. Found ${found}`,
  // MLflow prints the operators of text here.
  badOperator: notOneOf(LISTABLE, ''),
};
const METRIC: FieldRules = {
  value: double,
  operators: NUMERIC,
  expected: (found) => `Expected numeric value type for metric. Found ${found}`,
  badOperator: notOneOf(NUMERIC, ''),
};
const PARAMETER: FieldRules = {
  value: text,
  operators: NULLABLE,
  expected: expectedText,
  badOperator: notOneOf(NULLABLE, "'"),
};
const TAG: FieldRules = { ...PARAMETER, badOperator: notOneOf(NULLABLE, '') };
const DATASET: FieldRules = {
  value: text,
  operators: LISTABLE,
  expected: (found) => `Expected a quoted string value for dataset attributes. Got value ${found}`,
  badOperator: notOneOf(LISTABLE, ''),
  lists: true,
};

const RUN_NAME_ALIASES = { 'run name': 'run_name', 'Run name': 'run_name', 'Run Name': 'run_name' };
const TIMES = {
  ...named('start_time', 'end_time'),
  created: 'start_time',
  Created: 'start_time',
};
const TEXTS = named('run_name', 'user_id', 'status', 'artifact_uri');

const OTHER_KEYS: readonly (readonly [string, Keys])[] = [
  ['metric', { any: METRIC }],
  ['parameter', { any: PARAMETER }],
  ['tag', { any: TAG }],
  [
    'dataset',
    attributes(
      (key, keys) => `Invalid dataset key '${key}' specified. Valid keys are '${set(keys)}'`,
      [DATASET, named('name', 'digest', 'context')],
    ),
  ],
];

const naming = dotted({
  prefixes: prefixes({
    metric: ['metric', 'metrics'],
    parameter: ['parameter', 'parameters', 'param', 'params'],
    tag: ['tag', 'tags'],
    attribute: ['attribute', 'attributes', 'attr', 'run'],
    dataset: ['dataset', 'datasets'],
  }),
  unknownPrefix: (prefix) =>
    `Invalid entity type '${prefix}'. Valid values are ` +
    "['metric', 'parameter', 'tag', 'attribute', 'dataset']",
  quotedPrefix: true,
});

const TAGS = { table: 'run_tags', owner: (alias: string) => `${alias}.run = runs.id`, isOne: true };
const PARAMS = { ...TAGS, table: 'run_params' };

const column = columns('runs', {
  run_id: 'text',
  run_name: { sql: 'runs.name', type: 'text' },
  user_id: 'text',
  status: 'text',
  artifact_uri: 'text',
  start_time: 'integer',
  end_time: { sql: 'runs.end_time', type: 'integer', nullable: true },
});

/** What the index `latest_metrics_by_value` has of a metric: its numbers, in order. */
const valuesOf = (alias: string): IndexedRows => ({
  owner: `${alias}.experiment_id`,
  row: `${alias}.run`,
  where: `${alias}.key = ? and ${alias}.is_nan = 0`,
});

const metricByKey = (key: string): RowSource => ({
  from: 'latest_metrics as f',
  where: 'f.run = runs.id and f.key = ?',
  bindings: [key],
  value: 'f.value',
  type: 'double',
  nan: 'f.is_nan',
  isOne: true,
  indexed: valuesOf('f'),
});

const IS_NAME = `f.key = '${RUN_NAME_TAG}'`;
/** The name as a tag is what clients filter by; the column may be older than the tag. */
const NAME: RowSource = {
  from: 'run_tags as f',
  where: `f.run = runs.id and ${IS_NAME}`,
  bindings: [],
  value: 'f.value',
  type: 'text',
  isOne: true,
  // What the index `run_tags_by_name` has; it is told by the key as it stands in the text.
  indexed: { row: 'f.run', where: IS_NAME, beginning: 'substr(f.value, 1, 200)', length: 200 },
};

function datasetBy(key: string): RowSource {
  if (key === 'context') {
    return textByKey({ ...TAGS, table: 'run_dataset_tags', isOne: false }, CONTEXT_TAG);
  }
  return {
    from: 'run_datasets as f join datasets as d on d.id = f.dataset',
    where: 'f.run = runs.id',
    bindings: [],
    value: `d.${key}`,
    type: 'text',
  };
}

/** Numbers, then NaN, then runs without the metric, in both directions. */
const sortByMetric = (key: string, alias: string): SortSource => ({
  join: {
    sql: `left join latest_metrics as ${alias} on ${alias}.run = runs.id and ${alias}.key = ?`,
    bindings: [key],
  },
  columns: [
    { sql: `coalesce(${alias}.is_nan, 2)`, type: 'integer', always: 'ascending' },
    { sql: `${alias}.value`, type: 'double', nullable: true },
  ],
  lead: {
    from: `latest_metrics as ${alias}`,
    indexed: valuesOf(alias),
    bindings: [key],
    constants: [0],
    value: { sql: `${alias}.value`, type: 'double' },
  },
});

/** Searching runs: the query selects from `runs`. */
export const RUN_SEARCH: Vocabulary = {
  language: {
    naming,
    keys: new Map([
      [
        'attribute',
        attributes(
          unknownAttribute,
          [TEXT_ATTRIBUTE, { ...TEXTS, ...RUN_NAME_ALIASES }],
          [RUN_ID, named('run_id')],
          [TIME, TIMES],
        ),
      ],
      ...OTHER_KEYS,
    ]),
    foldsOperators: true,
    operatorsLast: true,
    strictNames: true,
    unsupportedNull: ({ entity, key }) =>
      'IS NULL / IS NOT NULL is only supported for tags and params, ' +
      `not for '${entity}' '${key}'`,
    wording: QUOTING_CLAUSES,
  },
  order: {
    naming,
    keys: new Map([
      [
        'attribute',
        attributes(unknownAttribute, [TEXT_ATTRIBUTE, { ...TEXTS, ...named('run_id'), ...TIMES }]),
      ],
      ...OTHER_KEYS,
    ]),
    refused: new Map([['dataset', "Invalid identifier type 'dataset'"]]),
    duplicates: 'refused',
  },
  storage: {
    table: { name: 'runs', key: 'runs.id' },
    filterBy(field) {
      switch (field.entity) {
        case 'metric':
          return metricByKey(field.key);
        case 'parameter':
          return textByKey(PARAMS, field.key);
        case 'tag':
          return field.key === RUN_NAME_TAG ? NAME : textByKey(TAGS, field.key);
        case 'dataset':
          return datasetBy(field.key);
        default:
          return field.key === 'run_name' ? NAME : column(field);
      }
    },
    sortBy(field: Field, alias: string) {
      switch (field.entity) {
        case 'metric':
          return sortByMetric(field.key, alias);
        case 'parameter':
          return sortByText(PARAMS, field.key, alias);
        case 'tag':
          return sortByText(TAGS, field.key, alias);
        default:
          return { columns: [column(field)] };
      }
    },
    defaultOrder: [],
    tieBreakers: [
      { entity: 'attribute', key: 'start_time', ascending: false },
      { entity: 'attribute', key: 'run_id', ascending: true },
    ],
  },
};
