import { at, type Pair } from '../support/pair.js';
import { KEYS, TEXTS } from './values.js';

const COUNT = 12;

/** Evaluation datasets with every tag and text that searches ask for. */
export async function seedEvaluation(pair: Pair): Promise<void> {
  for (let index = 0; index < COUNT; index += 1) {
    const tags = Object.fromEntries(
      KEYS.filter((_, at) => (at + index) % 2 === 0).map((key, at) => [
        key,
        TEXTS[(index + at) % TEXTS.length] ?? '',
      ]),
    );
    const user = index % 3 === 0 ? {} : { 'mlflow.user': `user ${index % 3}` };
    const body = { name: `eval ${index % 5}`, tags: JSON.stringify({ ...tags, ...user }) };
    const made = await pair.must('POST', '/api/3.0/mlflow/datasets/create', body);
    pair.bind(`eval${index}`, 'id', made, (json) => at(json, 'dataset', 'dataset_id'));
  }
}
