import type { Dialect } from '../../platform/db/dialect.js';
import { onlyObject, withoutMember } from '../../platform/db/json-text.js';

/** Scalar sub-queries, each the JSON text of an array; without members it is `[]`. */
export interface InputsColumns {
  readonly dataset_inputs: string;
  readonly model_inputs: string;
  readonly model_outputs: string;
}

/**
 * What went into a run and what came out of it, to be selected beside the run.
 *
 * @param run the SQL of the run's surrogate key: `r.id`
 */
export function inputsColumns(dialect: Dialect, run: string): InputsColumns {
  return {
    dataset_inputs: datasetInputs(dialect, run),
    model_inputs: dialect.jsonObjects(
      { model_id: 'mi.model_id' },
      `run_input_models mi where mi.run = ${run}`,
      'mi.model_id',
    ),
    model_outputs: dialect.jsonObjects(
      { model_id: 'mo.model_id', step: 'mo.step' },
      `run_output_models mo where mo.run = ${run}`,
      'mo.model_id',
    ),
  };
}

function datasetInputs(dialect: Dialect, run: string): string {
  const dataset = dialect.jsonObjects(
    {
      name: 'ds.name',
      digest: 'ds.digest',
      source_type: 'ds.source_type',
      source: 'ds.source',
      schema: 'ds.schema',
      profile: 'ds.profile',
    },
    'datasets ds where ds.id = di.dataset',
    'ds.id',
  );
  const tags = dialect.jsonObjects(
    { key: 'dt.key', value: 'dt.value' },
    'run_dataset_tags dt where dt.run = di.run and dt.dataset = di.dataset',
    'dt.key',
  );
  const list = dialect.jsonObjects(
    { dataset: dialect.jsonValue(onlyObject(dataset)), tags: dialect.jsonValue(tags) },
    `run_datasets di where di.run = ${run}`,
    'di.dataset',
  );
  const whole = withoutMember(withoutMember(list, 'schema', 'null'), 'profile', 'null');
  return withoutMember(whole, 'tags', '[]');
}
