/** What a generator needs to know of an entity's search. */
export interface SearchGrammar {
  readonly fields: readonly {
    readonly prefixes: readonly string[];
    readonly keys: readonly string[];
    readonly operators: readonly string[];
    readonly values: readonly string[];
  }[];
  /** `prefix|key`, or a bare name. */
  readonly orderFields: readonly string[];
}

const NUMERIC = ['=', '!=', '<', '<=', '>', '>='];
const TEXT = ['=', '!=', 'LIKE', 'ILIKE'];
const RANGES = ['<', '<=', '>', '>='];
const LISTABLE = [...TEXT, 'IN', 'NOT IN'];
const MATCHED = [...LISTABLE, 'RLIKE'];
const NULLABLE = [...TEXT, 'IS NULL', 'IS NOT NULL'];
const NUMBERS = [
  '0',
  '1',
  '-1',
  '0.5',
  '1.5',
  '1e3',
  '-2.5e-3',
  '100',
  '1700000000000',
  '.25',
  '2.',
];
const STRINGS = [
  "'a'",
  '"b"',
  "'a%'",
  "'%B%'",
  "'_'",
  "''",
  '"it\'s"',
  "'FINISHED'",
  "'x y'",
  "'1'",
  "'ä'",
];
const KEYS = ['a', 'acc', 'lr', 'val_loss', 'mlflow.user', 'a b', 'a/b', 'train-loss', 'order'];

const numbers = (prefixes: string[], keys: string[]) => ({
  prefixes,
  keys,
  operators: NUMERIC,
  values: NUMBERS,
});
const texts = (prefixes: string[], keys: string[], operators: string[]) => ({
  prefixes,
  keys,
  operators,
  values: STRINGS,
});
const PLAIN_ATTRIBUTE = ['', '', 'attribute'];
const TAG = ['tags', 'tag'];
const LOGGED_MODEL_TIMES = [
  ...['creation_timestamp', 'creation_time', 'creation_timestamp_ms'],
  ...['last_updated_timestamp', 'last_updated_timestamp_ms'],
];

/** The searches of MLflow, by entity. */
export const GRAMMARS = {
  runs: {
    fields: [
      numbers(['metrics', 'metric', '`metrics`'], KEYS),
      texts(['params', 'param', 'parameters', 'parameter'], KEYS, NULLABLE),
      texts(TAG, [...KEYS, 'mlflow.runName'], NULLABLE),
      texts(
        ['', 'attributes', 'attribute', 'attr', 'run'],
        ['run_name', 'run name', 'Run name', 'Run Name', 'user_id', 'status', 'artifact_uri'],
        TEXT,
      ),
      texts(['', 'attributes'], ['run_id'], LISTABLE),
      numbers(['', 'attributes', 'attr'], ['start_time', 'end_time', 'created', 'Created']),
      texts(['dataset', 'datasets'], ['name', 'digest', 'context'], LISTABLE),
    ],
    orderFields: [
      'metrics|acc',
      'metrics|a b',
      'metric|a',
      'params|lr',
      'tags|a',
      'tags|mlflow.user',
      'attributes|start_time',
      'start_time',
      'created',
      'Created',
      'run_id',
      'run_name',
      'run name',
      'Run name',
      'Run Name',
      'status',
      'end_time',
      'user_id',
      'artifact_uri',
      'dataset|name',
      'foo',
      'foo|bar',
      'metrics|acc',
    ],
  },
  experiments: {
    fields: [
      texts(PLAIN_ATTRIBUTE, ['name'], TEXT),
      numbers(PLAIN_ATTRIBUTE, ['creation_time', 'last_update_time']),
      {
        ...texts(PLAIN_ATTRIBUTE, ['experiment_id'], ['=', '!=', 'IN', 'NOT IN']),
        values: [...STRINGS, "'0'", '"2"', "'999'"],
      },
      texts(TAG, KEYS, NULLABLE),
    ],
    orderFields: [
      'name',
      'experiment_id',
      'creation_time',
      'last_update_time',
      'attribute|name',
      'attributes|name',
      'tags|a',
      'foo',
    ],
  },
  models: {
    fields: [
      texts(PLAIN_ATTRIBUTE, ['name'], LISTABLE),
      texts(TAG, [...KEYS, 'mlflow.prompt.is_prompt'], TEXT),
    ],
    orderFields: [
      'name',
      'timestamp',
      'last_updated_timestamp',
      'creation_timestamp',
      'attribute|name',
      'tags|a',
      'foo',
      'Timestamp',
    ],
  },
  versions: {
    fields: [
      texts(PLAIN_ATTRIBUTE, ['name', 'run_id'], LISTABLE),
      texts(PLAIN_ATTRIBUTE, ['source_path'], TEXT),
      {
        ...numbers(PLAIN_ATTRIBUTE, ['version_number']),
        values: [...NUMBERS, "'1'", '"2"', "' 3 '"],
      },
      texts(TAG, [...KEYS, 'mlflow.prompt.is_prompt'], TEXT),
    ],
    orderFields: [
      'name',
      'version_number',
      'creation_timestamp',
      'last_updated_timestamp',
      'attribute|name',
      'foo',
      'foo|x',
    ],
  },
  loggedModels: {
    fields: [
      numbers(['metrics'], KEYS),
      texts(['params'], KEYS, LISTABLE),
      texts(['tags'], KEYS, LISTABLE),
      texts(
        ['', 'attributes'],
        [
          ...['name', 'model_id', 'model_type', 'status', 'source_run_id', 'experiment_id'],
          ...['lifecycle_stage', 'artifact_location', 'status_message'],
        ],
        LISTABLE,
      ),
      numbers(['', 'attributes'], LOGGED_MODEL_TIMES),
    ],
    orderFields: [
      ...['name', 'model_id', 'model_type', 'status', 'source_run_id', 'experiment_id'],
      ...['lifecycle_stage', 'artifact_location', 'status_message', ...LOGGED_MODEL_TIMES],
      ...['metrics|acc', 'metrics|a b', 'params|a', 'last_updated_time', 'foo'],
    ],
  },
  evaluationDatasets: {
    fields: [
      texts([''], ['name'], [...TEXT, ...RANGES, 'IN']),
      texts([''], ['created_by', 'last_updated_by'], [...TEXT, ...RANGES]),
      numbers([''], ['created_time']),
      numbers([''], ['last_update_time']),
      texts(['tags'], KEYS, TEXT),
    ],
    orderFields: ['name', 'created_time', 'last_update_time', 'dataset_id', 'tags|a', 'foo'],
  },
  traces: {
    fields: [
      texts(
        ['', 'attributes', 'attribute', 'trace'],
        ['request_id', 'status', 'client_request_id', 'name', 'run_id', 'prompt', 'text'],
        MATCHED,
      ),
      numbers(
        ['', 'trace', 'attributes'],
        ['timestamp', 'timestamp_ms', 'execution_time', 'execution_time_ms', 'end_time'],
      ),
      texts(TAG, [...KEYS, 'mlflow.traceName', 'name'], [...NULLABLE, 'RLIKE']),
      texts(
        ['metadata', 'request_metadata'],
        [...KEYS, 'mlflow.sourceRun', 'mlflow.trace.session', 'mlflow.trace.tokenUsage'],
        [...NULLABLE, 'RLIKE'],
      ),
      texts(
        ['span'],
        ['name', 'type', 'status', 'content', 'attributes.a', 'attributes.', 'attributes', 'foo'],
        MATCHED,
      ),
      texts(['feedback', 'expectation'], ['q', 'a', 'a b', 'e'], [...NULLABLE, 'RLIKE']),
      {
        ...numbers(['feedback', 'expectation'], ['q', 'a']),
        operators: ['<', '<=', '>', '>=', '='],
      },
      texts(['issue'], ['id', 'foo'], ['=', '!=']),
    ],
    orderFields: [
      'timestamp',
      'timestamp_ms',
      'execution_time',
      'status',
      'name',
      'request_id',
      'trace|status',
      'tags|a',
      'tags|a b',
      'metadata|a',
      'metadata|mlflow.trace.session',
      'metadata|mlflow.trace.cost',
      'span|name',
      'feedback|q',
      'client_request_id',
      'foo',
      'foo|x',
    ],
  },
} as const satisfies Record<string, SearchGrammar>;
