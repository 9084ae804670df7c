import type { Database } from '../../platform/db/database.js';
import type { OperationTable } from '../../platform/http/operation.js';
import { parseExperimentIds } from '../experiments/experiments.js';
import { MOST_RUNS } from './run-groups.operations.js';
import { listRunKeys } from './run-keys.store.js';

const MOST_KEYS = 1_000;

/** What the runs of experiments can be grouped by, searched by and shown with. */
export const runKeyOperations = (database: Database): OperationTable<'listRunKeys'> => ({
  listRunKeys: {
    access: 'read',
    of: 'experiment',
    id: ({ experiment_ids = [] }) => experiment_ids,
    narrow: (input, experiment_ids) => ({ ...input, experiment_ids: [...experiment_ids] }),
    handler: async (input) => {
      const { keys, runs, hasMore } = await listRunKeys(
        database,
        {
          experimentIds: parseExperimentIds(input.experiment_ids ?? []),
          view: input.run_view_type ?? 'ACTIVE_ONLY',
          most: MOST_RUNS,
        },
        MOST_KEYS,
      );
      return {
        metrics: [...keys.metrics],
        params: [...keys.params],
        tags: [...keys.tags],
        is_partial: hasMore || runs > MOST_RUNS,
      };
    },
  },
});
