import { invalidParameter } from '../../errors.js';
import type { Database } from '../../platform/db/database.js';
import { parseOrderBy, type SortTerm } from '../../platform/filter/order-by.js';
import type { OperationTable } from '../../platform/http/operation.js';
import { parseExperimentIds } from '../experiments/experiments.js';
import { groupRuns } from './run-groups.store.js';
import { RUN_SEARCH } from './runs.search.js';

const MOST_GROUPS = 1_000;
const MOST_METRICS = 20;
const MOST_KEY = 250;
/** More runs than these are not looked at for one answer. */
export const MOST_RUNS = 200_000;

/** Groups of the runs that a search finds. */
export const runGroupOperations = (database: Database): OperationTable<'groupRuns'> => ({
  groupRuns: {
    access: 'read',
    of: 'experiment',
    id: ({ experiment_ids = [] }) => experiment_ids,
    narrow: (input, experiment_ids) => ({ ...input, experiment_ids: [...experiment_ids] }),
    handler: async (input) => {
      const { metrics: keys = [], filter = '', page_token = '' } = input;
      const by = parseGroup(input.group_by);
      const { groups, token, runs } = await groupRuns(database, {
        ...{
          by,
          filter,
          most: MOST_RUNS,
          metrics: checkKeys(keys),
          size: checkSize(input.max_results),
        },
        experimentIds: parseExperimentIds(input.experiment_ids ?? []),
        view: input.run_view_type ?? 'ACTIVE_ONLY',
        pageToken: page_token,
      });
      return {
        groups: groups.map(({ value, count, metrics }) => ({
          ...(value === null ? {} : { value }),
          count,
          metrics: metrics.flatMap(({ count: values, sum }, index) =>
            values === 0 ? [] : [{ key: keys[index] ?? '', count: values, mean: sum / values }],
          ),
        })),
        ...(token === undefined ? {} : { next_page_token: token }),
        runs,
        is_partial: runs > MOST_RUNS,
      };
    },
  },
});

function parseGroup(text: string): SortTerm {
  const [term] = parseOrderBy([text], RUN_SEARCH);
  if (term !== undefined && ['parameter', 'tag'].includes(term.entity)) return term;
  throw invalidParameter(
    "'group_by' names a param or a tag, such as params.depth or tags.team; " +
      'runs are not grouped by anything else.',
  );
}

function checkSize(size: number | bigint): number {
  if (size >= 1 && size <= MOST_GROUPS) return Number(size);
  throw invalidParameter(`'max_results' is a number from 1 to ${MOST_GROUPS}.`);
}

function checkKeys(keys: readonly string[]): readonly string[] {
  if (keys.length > MOST_METRICS) {
    throw invalidParameter(`'metrics' names ${MOST_METRICS} metrics at most.`);
  }
  if (keys.some((key) => key.length > MOST_KEY))
    throw invalidParameter(`A metric's key has ${MOST_KEY} letters at most.`);
  return keys;
}
