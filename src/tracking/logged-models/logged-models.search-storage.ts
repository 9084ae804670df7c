import { columns, type Fragment, type Storage, textByKey } from '../../platform/filter/storage.js';
import { STATUS_NAMES } from './logged-models.values.js';

/** A dataset of the request; without a digest, any version of it. */
export interface DatasetFilter {
  readonly dataset_name: string;
  readonly dataset_digest?: string;
}

const statusName = `case logged_models.status ${STATUS_NAMES.map(
  (name, number) => `when ${number} then '${name}'`,
).join(' ')} end`;

const column = columns('logged_models', {
  name: 'text',
  model_id: 'text',
  model_type: 'text',
  source_run_id: 'text',
  lifecycle_stage: 'text',
  status: { sql: statusName, type: 'text' },
  experiment_id: { sql: 'cast(logged_models.experiment_id as text)', type: 'text' },
  artifact_location: { sql: 'logged_models.artifact_uri', type: 'text' },
  status_message: { sql: 'logged_models.status_message', type: 'text', nullable: true },
  creation_timestamp: 'integer',
  last_updated_timestamp: 'integer',
});

const OWNER = (alias: string): string => `${alias}.model = logged_models.id`;
const PARAMS = { table: 'logged_model_params', owner: OWNER };
const TAGS = { table: 'logged_model_tags', owner: OWNER };

function onDataset(dataset: Partial<DatasetFilter>): Fragment | undefined {
  const { dataset_name: name, dataset_digest: digest } = dataset;
  const parts = [
    ...(name ? [['f.dataset_name = ?', name] as const] : []),
    ...(digest ? [['f.dataset_digest = ?', digest] as const] : []),
  ];
  if (parts.length === 0) return undefined;
  return {
    sql: parts.map(([sql]) => sql).join(' and '),
    bindings: parts.map(([, value]) => value),
  };
}

function onAny(datasets: readonly DatasetFilter[]): Fragment {
  const parts = datasets.map((dataset) => onDataset(dataset) as Fragment);
  return {
    sql: `(${parts.map(({ sql }) => sql).join(' or ')})`,
    bindings: parts.flatMap(({ bindings }) => bindings),
  };
}

/** The last point of a metric by time, step and run, perhaps of one dataset only. */
function sortByMetric(key: string, dataset: Partial<DatasetFilter>): Fragment {
  const condition = onDataset(dataset);
  const and = condition === undefined ? '' : ` and ${condition.sql}`;
  return {
    sql:
      `(select f.value from logged_model_metrics as f where ${OWNER('f')} and f.key = ?${and} ` +
      'order by f.timestamp desc, f.step desc, f.run_id limit 1)',
    bindings: [key, ...(condition?.bindings ?? [])],
  };
}

/** Where the fields of a logged model are stored, given the datasets that its metrics count on. */
export function loggedModelStorage(datasets: readonly DatasetFilter[]): Storage {
  const measured = datasets.length > 0 ? onAny(datasets) : undefined;
  return {
    filterBy(field) {
      switch (field.entity) {
        case 'metric':
          return {
            from: 'logged_model_metrics as f',
            where: `${OWNER('f')} and f.key = ?${measured ? ` and ${measured.sql}` : ''}`,
            bindings: [field.key, ...(measured?.bindings ?? [])],
            value: 'f.value',
            type: 'double',
          };
        case 'parameter':
          return textByKey(PARAMS, field.key);
        case 'tag':
          return textByKey(TAGS, field.key);
        default:
          return column(field);
      }
    },
    sortBy: (term) =>
      term.entity === 'metric'
        ? {
            columns: [
              { ...sortByMetric(term.key, term.dataset ?? {}), type: 'double', nullable: true },
            ],
          }
        : { columns: [column(term)] },
    defaultOrder: [],
    tieBreakers: [
      { entity: 'attribute', key: 'creation_timestamp', ascending: false },
      { entity: 'attribute', key: 'model_id', ascending: true },
    ],
    narrow(comparisons) {
      const needsMetric = measured && !comparisons.some(({ entity }) => entity === 'metric');
      if (!needsMetric) return { comparisons, conditions: [] };
      const rows = `select 1 from logged_model_metrics as f where ${OWNER('f')}`;
      const condition = {
        sql: `exists (${rows} and ${measured.sql})`,
        bindings: measured.bindings,
      };
      return { comparisons, conditions: [condition] };
    },
  };
}
