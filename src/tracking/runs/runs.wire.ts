import { printJson } from '../../platform/http/wire-json.js';
import type { RunInfo } from './runs.js';
import type { RunRow } from './runs.store.js';

/** A run's info as the wire shows it: `run_uuid` repeats the id, an end time of 0 is none. */
export const runInfoToWire = (info: RunInfo) => ({
  run_id: info.run_id,
  run_uuid: info.run_id,
  run_name: info.name,
  experiment_id: String(info.experiment_id),
  user_id: info.user_id,
  status: info.status,
  start_time: info.start_time ?? 0,
  ...(info.end_time ? { end_time: info.end_time } : {}),
  artifact_uri: info.artifact_uri,
  lifecycle_stage: info.lifecycle_stage,
});

/**
 * The JSON text of a run, put together from what the database has printed already. Empty lists
 * are left out, as protobuf's JSON does.
 *
 * @param full get-run shows input models too, search-runs does not (semantics-tracking 7)
 */
export function runToJson(row: RunRow, full: boolean): string {
  const data = members({ metrics: row.metrics, params: row.params, tags: row.tags });
  const inputs = members({
    dataset_inputs: row.dataset_inputs,
    model_inputs: full ? row.model_inputs : EMPTY,
  });
  const outputs = members({ model_outputs: row.model_outputs });
  return (
    `{"info":${printJson(runInfoToWire(row))},"data":${data},` +
    `"inputs":${inputs},"outputs":${outputs}}`
  );
}

const EMPTY = '[]';

const members = (lists: Readonly<Record<string, string>>): string => {
  let text = '';
  for (const name in lists) {
    const list = lists[name];
    if (list === undefined || list === EMPTY) continue;
    text += `${text === '' ? '' : ','}"${name}":${list}`;
  }
  return `{${text}}`;
};
