import type { Schema } from '../../shared/api.ts';

export type LineageNode = NonNullable<Schema<'VersionLineage'>['nodes']>[number];
export type LineageEdge = NonNullable<Schema<'VersionLineage'>['edges']>[number];

export const STEPS = ['data', 'run', 'model', 'version', 'served', 'consumers'] as const;
export type Step = (typeof STEPS)[number];

const KINDS: Readonly<Record<string, Step>> = {
  dataset: 'data',
  run: 'run',
  logged_model: 'model',
  files: 'model',
  version: 'model',
  stage: 'served',
  alias: 'served',
  consumer: 'consumers',
};

/** Puts each node of the graph into its step, from data to those who load the version. */
export function stepsOf(
  graph: { readonly nodes?: readonly LineageNode[]; readonly edges?: readonly LineageEdge[] },
  self: string,
): Readonly<Record<Step, readonly LineageNode[]>> {
  const { nodes = [], edges = [] } = graph;
  // A model that a run was given is data to it.
  const given = new Set(edges.filter(({ kind }) => kind === 'input_of').map(({ from }) => from));
  const stepOf = ({ id = '', kind = '' }: LineageNode): Step => {
    if (id === self) return 'version';
    return given.has(id) ? 'data' : (KINDS[kind] ?? 'model');
  };
  const steps: Record<Step, LineageNode[]> = {
    ...{ data: [], run: [], model: [], version: [], served: [], consumers: [] },
  };
  for (const node of nodes) steps[stepOf(node)].push(node);
  return steps;
}
