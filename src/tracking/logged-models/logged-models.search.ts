import { invalidParameter, MlflowError } from '../../errors.js';
import { attributes, LISTABLE, NUMERIC, named } from '../../platform/filter/entity-rules.js';
import type { FieldRules, Operator } from '../../platform/filter/language.js';
import { quoted, tuple } from '../../platform/filter/python-text.js';
import type { Vocabulary } from '../../platform/filter/vocabulary.js';
import { unknownAttribute } from '../../platform/filter/wording.js';
import { type DatasetFilter, loggedModelStorage } from './logged-models.search-storage.js';
import {
  loggedModelNaming,
  looseDouble,
  looseNumeric,
  looseText,
  statusName,
} from './logged-models.values.js';

const PLURAL: Readonly<Record<string, string>> = {
  attribute: 'attributes',
  metric: 'metrics',
  parameter: 'params',
  tag: 'tags',
};

const printed = (operators: readonly Operator[]) => tuple(operators.map(quoted));
const rules = (
  value: FieldRules['value'],
  operators: readonly Operator[],
  kind: string,
): FieldRules => ({
  value,
  operators,
  expected: (found, { entity, key }) =>
    `Expected ${kind} value for ${PLURAL[entity]}.${key}. Found ${found}`,
  badOperator: (operator, { entity, key }) =>
    `Invalid comparison operator for ${PLURAL[entity]}.${key}: ${quoted(operator)}. ` +
    `Expected one of ${printed(operators)}.`,
});

const ORDERED: readonly Operator[] = [...NUMERIC.slice(2), ...NUMERIC.slice(0, 2)];
const METRIC = rules(looseDouble, ORDERED, 'a numeric');
const TIME = rules(looseNumeric, ORDERED, 'a numeric');
const TEXT = rules(looseText, LISTABLE, 'a quoted string');
const STATUS: FieldRules = { ...TEXT, value: statusName };

const TIMES = {
  creation_timestamp_ms: 'creation_timestamp',
  creation_timestamp: 'creation_timestamp',
  creation_time: 'creation_timestamp',
  last_updated_timestamp_ms: 'last_updated_timestamp',
  last_updated_timestamp: 'last_updated_timestamp',
};
const TEXTS = {
  ...named('name', 'model_id', 'model_type', 'source_run_id', 'experiment_id', 'lifecycle_stage'),
  ...named('artifact_location', 'status_message'),
};

const keys: Vocabulary['language']['keys'] = new Map([
  [
    'attribute',
    attributes(unknownAttribute, [TEXT, TEXTS], [STATUS, named('status')], [TIME, TIMES]),
  ],
  ['metric', { any: METRIC }],
  ['parameter', { any: TEXT }],
  ['tag', { any: TEXT }],
]);

const single = (filter: string): string =>
  `Invalid filter string: ${quoted(filter)}. Expected a single SQL expression.`;

/**
 * Searching logged models: the query selects from `logged_models`.
 * @param datasets the request's `datasets` clause: metrics count only where measured on one of them
 * @throws {MlflowError} for a dataset without a name
 */
export function loggedModelSearch(
  datasets: readonly DatasetFilter[],
): Pick<Vocabulary, 'language' | 'storage'> {
  if (datasets.some((dataset) => !dataset.dataset_name)) {
    throw invalidParameter('`dataset_name` in the `datasets` clause must be specified.');
  }
  return {
    language: {
      naming: loggedModelNaming,
      keys,
      foldsOperators: true,
      operatorsLast: false,
      strictNames: false,
      unsupportedNull: ({ key }) => `IS NULL / IS NOT NULL is not supported for '${key}'`,
      wording: {
        blank: single,
        severalStatements: single,
        stray: (_, filter) =>
          `Invalid filter string: ${quoted(filter)}. Expected a list of comparisons separated by ` +
          "'AND' (e.g. 'metrics.loss > 0.1 AND params.lr = 0.01').",
        parts: (text) => `Invalid comparison: ${text}. Expected a comparison with 3 tokens.`,
      },
    },
    storage: loggedModelStorage(datasets),
  };
}

/** One item of the request's `order_by`. */
export interface LoggedModelOrder extends Partial<DatasetFilter> {
  readonly field_name?: string;
  readonly ascending?: boolean;
}

/**
 * Reads the order_by objects of a search.
 * @throws {MlflowError} for a field that can't be sorted by
 */
export function parseLoggedModelOrder(orders: readonly LoggedModelOrder[] | undefined) {
  return (orders ?? []).map(({ field_name: name = '', ascending = true, ...dataset }) => {
    const dot = name.indexOf('.');
    if (dot < 0) {
      const key = orderable.get(name);
      if (key === undefined) throw noSuchOrder(name);
      return { entity: 'attribute', key, ascending };
    }
    if (name.slice(0, dot) !== 'metrics') {
      throw invalidParameter(`Invalid order by field name: ${name}. Only metrics are supported.`);
    }
    return { entity: 'metric', key: name.slice(dot + 1), ascending, dataset };
  });
}

const noSuchOrder = (name: string): MlflowError =>
  new MlflowError('INVALID_PARAMETER_VALUE', `Invalid order by field name: ${name}`, {
    errorClass: ['KAM04', 'ATTRIBUTE_NOT_FOUND'],
  });

const orderable = new Map(Object.entries({ ...TEXTS, ...TIMES, ...named('status') }));
