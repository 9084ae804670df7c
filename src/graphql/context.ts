import DataLoader from 'dataloader';
import type { Call } from '../platform/http/operation.js';
import type { Perform } from '../platform/http/perform.js';
import type { Message } from '../platform/http/read-message.js';

/** What the fields of one query share. It lives as long as the query. */
export interface QueryContext {
  /** Calls an operation of the API for whoever sent the query. */
  readonly ask: (operation: string, input: Message) => Promise<Message>;
  readonly experiments: DataLoader<string, Message>;
  /** Model versions by the run that they come from. */
  readonly versions: DataLoader<string, readonly Message[]>;
  /** Takes rows from what one query may read. */
  readonly spend: (rows: number) => boolean;
}

/** Rows of searches that one query may ask for: all of them become objects on the one thread. */
export const MAX_ROWS = 200;
const RUNS_AT_ONCE = 100;
const PAGE = 1_000;

/** Makes the context of a query: what many fields need is asked for once, for all of them. */
export function queryContext(perform: Perform, call: Call): QueryContext {
  const ask = (operation: string, input: Message) => perform(operation, input, call);
  let left = MAX_ROWS;
  return {
    ask,
    experiments: new DataLoader((ids) =>
      Promise.all(ids.map((id) => experimentOf(ask, id).catch((error: Error) => error))),
    ),
    versions: new DataLoader((ids) => versionsOf(ask, ids), { maxBatchSize: RUNS_AT_ONCE }),
    spend: (rows) => {
      left -= rows;
      return left >= 0;
    },
  };
}

async function experimentOf(ask: QueryContext['ask'], id: string): Promise<Message> {
  const { experiment } = await ask('getExperiment', { experiment_id: id });
  return experiment as Message;
}

async function versionsOf(
  ask: QueryContext['ask'],
  runIds: readonly string[],
): Promise<Message[][]> {
  const filter = `run_id IN (${runIds.map((id) => `'${id}'`).join(', ')})`;
  const byRun = new Map<unknown, Message[]>(runIds.map((id) => [id, []]));
  let token: unknown = '';
  do {
    const page = await ask('searchModelVersions', {
      filter,
      max_results: PAGE,
      page_token: token,
    });
    for (const version of (page.model_versions ?? []) as Message[]) {
      byRun.get(version.run_id)?.push(version);
    }
    token = page.next_page_token ?? '';
  } while (token !== '');
  return runIds.map((id) => byRun.get(id) ?? []);
}
