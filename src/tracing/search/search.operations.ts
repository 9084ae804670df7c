import type { Database } from '../../platform/db/database.js';
import type { Input, OperationTable } from '../../platform/http/operation.js';
import { jsonText } from '../../platform/http/reply.js';
import { printJson } from '../../platform/http/wire-json.js';
import { parseExperimentIds } from '../../tracking/experiments/experiments.js';
import type { AssessmentLists } from '../traces/traces.ports.js';
import { printTraceInfos } from '../traces/traces.print.js';
import type { TraceStore } from '../traces/traces.store.js';
import { traceInfoV2ToWire } from '../traces/traces.wire.js';
import { searchTraces, type TraceQuery } from './search.page.js';

type Ids = 'searchTraces' | 'searchTracesV3';

interface Deps {
  readonly database: Database;
  readonly store: TraceStore;
  readonly lists: AssessmentLists;
}

/** Searches of traces, in the forms of MLflow 2 and 3. */
export const traceSearchOperations = ({ database, store, lists }: Deps): OperationTable<Ids> => ({
  searchTraces: {
    access: 'read',
    of: 'experiment',
    id: ({ experiment_ids }) => experiment_ids,
    handler: async (input) => {
      const query = toQuery(input, input.experiment_ids);
      const { rows, token } = await searchTraces(database, store, query);
      const traces = rows.map((row) => printJson(traceInfoV2ToWire(row)));
      return jsonText(printPage(traces, token));
    },
  },
  searchTracesV3: {
    access: 'read',
    of: 'experiment',
    id: experimentsOf,
    handler: async (input) => {
      const query = toQuery(input, experimentsOf(input));
      const { rows, token } = await searchTraces(database, store, query);
      return jsonText(printPage(await printTraceInfos(database.scan, rows, lists), token));
    },
  },
});

/** Locations of other kinds hold no traces here. */
const experimentsOf = ({ locations }: Input<'searchTracesV3'>): string[] =>
  locations.flatMap(({ mlflow_experiment: experiment }) =>
    experiment === undefined ? [] : [experiment.experiment_id ?? ''],
  );

interface Search {
  readonly filter?: string;
  readonly order_by?: string[];
  readonly max_results?: number;
  readonly page_token?: string;
}

const DEFAULT_SIZE = 100;

const toQuery = (search: Search, experimentIds: readonly string[]): TraceQuery => ({
  experimentIds: parseExperimentIds(experimentIds),
  filter: search.filter ?? '',
  orderBy: search.order_by ?? [],
  maxResults: search.max_results ?? DEFAULT_SIZE,
  pageToken: search.page_token ?? '',
});

function printPage(traces: readonly string[], token: string | undefined): string {
  const parts = [
    ...(traces.length > 0 ? [`"traces":[${traces.join(',')}]`] : []),
    ...(token ? [`"next_page_token":${JSON.stringify(token)}`] : []),
  ];
  return `{${parts.join(',')}}`;
}
