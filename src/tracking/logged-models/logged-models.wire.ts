import { printJson } from '../../platform/http/wire-json.js';
import { STATUSES } from './logged-models.js';
import type { LoggedModelRow } from './logged-models.store.js';

/**
 * The JSON text of a logged model, put together from what the database has printed already.
 * Empty lists are left out, as protobuf's JSON does.
 */
export function loggedModelToJson(row: LoggedModelRow): string {
  const info = printJson({
    model_id: row.model_id,
    experiment_id: String(row.experiment_id),
    name: row.name,
    creation_timestamp_ms: row.creation_timestamp,
    last_updated_timestamp_ms: row.last_updated_timestamp,
    artifact_uri: row.artifact_uri,
    status: STATUSES[row.status],
    model_type: row.model_type,
    source_run_id: row.source_run_id,
    status_message: row.status_message ?? undefined,
  });
  const tags = listMember('tags', row.tags);
  const data = [listMember('params', row.params), listMember('metrics', row.metrics)];
  return (
    `{"info":${tags === '' ? info : `${info.slice(0, -1)},${tags}}`},` +
    `"data":{${data.filter((member) => member !== '').join(',')}}}`
  );
}

const listMember = (name: string, list: string): string =>
  list === '[]' ? '' : `"${name}":${list}`;
