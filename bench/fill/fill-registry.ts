import { START_TIME } from '../runs.js';
import { type BulkDatabase, numbers } from './bulk-database.js';
import type { Schema } from './schemas.js';

/** A name of a filled model: an expression over its number in SQL, and the same in TypeScript. */
const nameOf = (number: string): string => `'model-' || ${number}`;
export const modelName = (number: number): string => `model-${number}`;
export const SOURCE = 's3://models/somewhere/model';

/** Stores models with as many versions each, the last two of them in Staging and Production. */
export async function fillRegistry(
  database: BulkDatabase,
  schema: Exclude<Schema, 'fasttrackml'>,
  models: number,
  versions: number,
): Promise<void> {
  const model = numbers(0, models);
  const version = numbers(0, models * versions);
  const number = `i % ${versions} + 1`;
  const stage = `case ${number} when ${versions} then 'Staging' when ${versions - 1} then 'Production' else 'None' end`;
  const time = `${START_TIME} + i`;
  const statements = {
    ours: [
      `insert into registered_models (name, creation_timestamp, last_updated_timestamp, description)
       ${model} select ${nameOf('i')}, ${time}, ${time}, '' from n`,
      `insert into model_versions (model, version, creation_timestamp, last_updated_timestamp,
         current_stage, description, source, storage_location, run_id, run_link, status)
       ${version} select m.id, ${number}, ${time}, ${time}, ${stage}, '', '${SOURCE}', '${SOURCE}',
         '', '', 'READY'
       from n join registered_models m on m.name = ${nameOf(`(i / ${versions})`)}`,
    ],
    stock: [
      `insert into registered_models (name, creation_time, last_updated_time, description)
       ${model} select ${nameOf('i')}, ${time}, ${time}, '' from n`,
      `insert into model_versions (name, version, creation_time, last_updated_time, current_stage,
         description, user_id, source, storage_location, run_id, run_link, status)
       ${version} select ${nameOf(`(i / ${versions})`)}, ${number}, ${time}, ${time}, ${stage},
         '', null, '${SOURCE}', '${SOURCE}', '', '', 'READY' from n`,
    ],
  }[schema];
  for (const statement of statements) await database.run(statement);
}
