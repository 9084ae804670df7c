import { checkLength } from '../../platform/rules/names.js';

export type Int64 = number | bigint;

export interface InputTag {
  readonly key: string;
  readonly value: string;
}

/** A dataset as a run names it. It is stored once for each experiment, name and digest. */
export interface Dataset {
  readonly name: string;
  readonly digest: string;
  readonly sourceType: string;
  readonly source: string;
  readonly schema: string | undefined;
  readonly profile: string | undefined;
}

export interface DatasetInput {
  readonly dataset: Dataset;
  readonly tags: readonly InputTag[];
}

export interface ModelOutput {
  readonly modelId: string;
  readonly step: Int64;
}

/** A dataset that some run of an experiment has used, and as what. */
export interface DatasetSummary {
  readonly experiment_id: number;
  readonly name: string;
  readonly digest: string;
  readonly context: string | null;
}

/** The tag of an input that says what the dataset was used for: training, evaluation. */
export const CONTEXT_TAG = 'mlflow.data.context';

/** @throws MlflowError 400 for the first text that is too long */
export function checkDatasetInput({ dataset, tags }: DatasetInput): void {
  checkLength(dataset.name, 'name', 500);
  checkLength(dataset.digest, 'digest', 36);
  checkLength(dataset.source, 'source', 65_535);
  checkLength(dataset.schema ?? '', 'schema', 1_048_575);
  checkLength(dataset.profile ?? '', 'profile', 16_777_215);
  for (const { key, value } of tags) {
    checkLength(key, 'key', 255);
    checkLength(value, 'value', 500);
  }
}

/** What an index entry holds for certain; MLflow's own ids have 34 characters. */
const MAX_MODEL_ID = 250;

/** @throws MlflowError 400 for an id that is too long */
export const checkModelId = (id: string): void => checkLength(id, 'model_id', MAX_MODEL_ID);

/** What tells datasets of one experiment apart. */
export const datasetKey = ({ name, digest }: { name: string; digest: string }): string =>
  JSON.stringify([name, digest]);

/** @returns the first mention of each dataset; its tags are the ones that count */
export function firstMentions(inputs: readonly DatasetInput[]): DatasetInput[] {
  const first = new Map<string, DatasetInput>();
  for (const input of inputs) {
    const key = datasetKey(input.dataset);
    if (!first.has(key)) first.set(key, input);
  }
  return [...first.values()];
}
