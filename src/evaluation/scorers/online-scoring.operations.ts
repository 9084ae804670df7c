import type { OperationTable } from '../../platform/http/operation.js';
import type { OnlineScoringService } from './online-scoring.service.js';
import type { OnlineScoringConfig } from './online-scoring.store.js';

type Ids = 'getOnlineScoringConfigs' | 'upsertOnlineScoringConfig';

/** Settings of scorers that judge new traces by themselves. */
export const onlineScoringOperations = (service: OnlineScoringService): OperationTable<Ids> => ({
  getOnlineScoringConfigs: {
    access: 'login',
    of: 'server',
    handler: async ({ scorer_ids }, { scope }) => ({
      configs: (await service.find(scorer_ids, scope)).map(configToWire),
    }),
  },
  upsertOnlineScoringConfig: {
    access: 'edit',
    of: 'experiment',
    id: ({ experiment_id }) => experiment_id,
    handler: async ({ experiment_id, name, sample_rate, filter_string }) => ({
      config: configToWire(
        await service.set(experiment_id, name, Number(sample_rate), filter_string),
      ),
    }),
  },
});

const configToWire = ({ filter_string, experiment_id, ...config }: OnlineScoringConfig) => ({
  ...config,
  experiment_id: String(experiment_id),
  ...(filter_string === null ? {} : { filter_string }),
});
