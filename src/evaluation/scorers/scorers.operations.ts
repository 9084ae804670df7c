import type { OperationTable } from '../../platform/http/operation.js';
import { type ScorerVersion, scorerKey } from './scorers.js';
import type { ScorerService } from './scorers.service.js';

type Ids = 'registerScorer' | 'listScorers' | 'listScorerVersions' | 'getScorer' | 'deleteScorer';

const keyOf = ({ experiment_id, name }: { experiment_id: string; name: string }) =>
  scorerKey(experiment_id, name);

/** Scorers of experiments. They are kept and shown; this server runs none. */
export const scorerOperations = (service: ScorerService): OperationTable<Ids> => ({
  registerScorer: {
    access: 'edit',
    of: 'experiment',
    id: ({ experiment_id }) => experiment_id,
    handler: async ({ experiment_id, name, serialized_scorer }, by) => {
      const scorer = await service.register(experiment_id, name, serialized_scorer, by);
      return {
        version: scorer.version,
        scorer_id: scorer.scorer_id,
        experiment_id: String(scorer.experiment_id),
        name: scorer.name,
        serialized_scorer: scorer.serialized_scorer,
        creation_time: scorer.creation_time,
      };
    },
  },
  listScorers: {
    access: 'read',
    of: 'experiment',
    id: ({ experiment_id = '', experiment_ids = [] }) =>
      experiment_id === '' ? experiment_ids : experiment_id,
    handler: async ({ experiment_id = '', experiment_ids }) =>
      listToWire(await service.list(experiment_id, experiment_ids)),
  },
  listScorerVersions: {
    access: 'read',
    of: 'scorer',
    id: keyOf,
    handler: async ({ experiment_id, name }) =>
      listToWire(await service.versions(experiment_id, name)),
  },
  getScorer: {
    access: 'read',
    of: 'scorer',
    id: keyOf,
    handler: async ({ experiment_id, name, version }) => ({
      scorer: scorerToWire(await service.get(experiment_id, name, version)),
    }),
  },
  deleteScorer: {
    access: 'manage',
    of: 'scorer',
    id: keyOf,
    handler: async ({ experiment_id, name, version }, by) => {
      await service.delete(experiment_id, name, version, by);
      return {};
    },
  },
});

const scorerToWire = (scorer: ScorerVersion) => ({
  experiment_id: scorer.experiment_id,
  scorer_name: scorer.name,
  scorer_version: scorer.version,
  serialized_scorer: scorer.serialized_scorer,
  creation_time: scorer.creation_time,
  scorer_id: scorer.scorer_id,
});

const listToWire = (scorers: readonly ScorerVersion[]) =>
  scorers.length > 0 ? { scorers: scorers.map(scorerToWire) } : {};
