import type { Reader } from '../../platform/db/database.js';
import { named, type Workspaced } from '../../platform/db/workspace.js';
import { IS_PROMPT_TAG } from '../tags.js';

/** A logged model, as far as a version can be made of it. */
export interface SourceModel {
  readonly artifact_uri: string;
  readonly source_run_id: string;
}

/** @returns where a run keeps its artifacts */
export async function findRunUri(reader: Reader, runId: string): Promise<string | undefined> {
  const row = await reader.first<{ artifact_uri: string }>({
    sql: 'select artifact_uri from runs where run_id = ?',
    bindings: [runId],
  });
  return row?.artifact_uri;
}

export function findSourceModel(reader: Reader, modelId: string): Promise<SourceModel | undefined> {
  return reader.first<SourceModel>({
    sql:
      'select artifact_uri, source_run_id from logged_models ' +
      "where model_id = ? and lifecycle_stage <> 'deleted'",
    bindings: [modelId],
  });
}

/** @returns undefined when there is no such registered model */
export async function findPromptTag(
  reader: Reader,
  here: Workspaced,
  name: string,
): Promise<boolean | undefined> {
  const row = await reader.first<{ value: string | null }>({
    sql:
      'select t.value from registered_models m ' +
      `left join registered_model_tags t on t.model = m.id and t.key = '${IS_PROMPT_TAG}' ` +
      `where ${named(here, 'm')} = ?`,
    bindings: [name],
  });
  return row && row.value?.toLowerCase() === 'true';
}
