import { queryOptions, useQuery } from '@tanstack/react-query';
import { api, body, type Schema } from '../../shared/api.ts';

export type Stage = Required<Schema<'PolicyStage'>>;

/** What every model has, and all that one has where there is no policy. */
const MLFLOWS: readonly Stage[] = ['None', 'Staging', 'Production', 'Archived'].map((name) => ({
  name,
  acts_as: name,
}));

const stagesQuery = (name: string) =>
  queryOptions({
    queryKey: ['stages', name],
    staleTime: 60_000,
    queryFn: async () => {
      const query = { model: name };
      const { stages = [] } = await body(
        api.GET('/api/governance/v1/policy', { params: { query } }),
      );
      return stages.map(({ name: stage = '', acts_as = 'None' }) => ({ name: stage, acts_as }));
    },
  });

/** @returns the stages that versions of a model may be in, those of its policy too, in order */
export function useStages(name: string): readonly Stage[] {
  const { data = [] } = useQuery(stagesQuery(name));
  return data.length === 0 ? MLFLOWS : data;
}
