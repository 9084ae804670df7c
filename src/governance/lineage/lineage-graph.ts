import { createHash } from 'node:crypto';
import { isCommit } from '../gates/lineage.js';
import type { Origin } from '../version-facts/origin.js';
import type { Consumer } from './consumers.js';
import type { LineageDataset, LineageModel, LineageRun } from './lineage.store.js';

export type NodeKind =
  | 'dataset'
  | 'run'
  | 'logged_model'
  | 'files'
  | 'version'
  | 'stage'
  | 'alias'
  | 'consumer';

/** Something that a version comes from or goes to. */
export interface LineageNode {
  readonly id: string;
  readonly kind: NodeKind;
  readonly name: string;
  readonly facts: Readonly<Record<string, string | number | boolean>>;
}

export interface LineageEdge {
  readonly from: string;
  readonly to: string;
  readonly kind:
    | 'input_of'
    | 'parent_of'
    | 'produced'
    | 'registered_as'
    | 'copied_to'
    | 'in_stage'
    | 'named_by'
    | 'loaded_by';
}

/** All that stands around one version. */
export interface Surroundings {
  readonly model: string;
  readonly version: number;
  readonly semver: string | undefined;
  readonly digest: string;
  readonly registeredBy: string | undefined;
  readonly origin: Origin;
  /** The run, and behind it those above it. */
  readonly family: readonly LineageRun[];
  readonly datasets: readonly LineageDataset[];
  readonly inputModels: readonly LineageModel[];
  readonly aliases: readonly string[];
  readonly consumers: readonly Consumer[];
}

type Facts = Readonly<Record<string, string | number | boolean | undefined | null>>;

const known = (facts: Facts): LineageNode['facts'] =>
  Object.fromEntries(
    Object.entries(facts).flatMap(([key, value]) =>
      value === undefined || value === null || value === '' ? [] : [[key, value] as const],
    ),
  );

const node = (kind: NodeKind, key: string, name: string, facts: Facts): LineageNode => ({
  id: `${kind}:${key}`,
  kind,
  name,
  facts: known(facts),
});

/** @returns the graph from data sets to consumers; each node once, and edges between nodes of it */
export function graphOf(around: Surroundings): {
  readonly nodes: readonly LineageNode[];
  readonly edges: readonly LineageEdge[];
} {
  const nodes = new Map<string, LineageNode>();
  const edges: LineageEdge[] = [];
  const add = (one: LineageNode): string => {
    if (!nodes.has(one.id)) nodes.set(one.id, one);
    return one.id;
  };
  const link = (from: string, kind: LineageEdge['kind'], to: string) =>
    edges.push({ from, to, kind });
  const { model, version, origin } = around;
  const { row, loggedModel } = origin;
  const self = add(
    node('version', `${model}/${version}`, `${model}/${version}`, {
      ...{ semver: around.semver, registered_by: around.registeredBy, digest: around.digest },
      ...{ source: row.source, creation_time: row.createdAt, stage: row.stage },
    }),
  );
  const runs = around.family.map((run) => add(runNode(run)));
  for (const [index, child] of runs.entries()) {
    const parent = runs[index + 1];
    if (parent !== undefined) link(parent, 'parent_of', child);
  }
  const [run] = runs;
  for (const dataset of run === undefined ? [] : around.datasets) {
    link(add(datasetNode(dataset)), 'input_of', run ?? '');
  }
  for (const one of run === undefined ? [] : around.inputModels) {
    link(add(modelNode(one.modelId, one.name, one.modelType)), 'input_of', run ?? '');
  }
  const made = loggedModel && add(modelNode(loggedModel.modelId, loggedModel.name));
  const files = made ?? add(node('files', row.location, row.location, {}));
  if (run !== undefined) link(run, 'produced', files);
  link(files, 'registered_as', self);
  const copied = /^models:\/([^/@]+)\/(\d+)$/.exec(row.source);
  if (copied !== null) {
    const name = `${copied[1]}/${copied[2]}`;
    link(add(node('version', name, name, {})), 'copied_to', self);
  }
  if (row.stage !== 'None') link(self, 'in_stage', add(node('stage', row.stage, row.stage, {})));
  for (const alias of around.aliases) {
    link(self, 'named_by', add(node('alias', alias, alias, {})));
  }
  for (const one of around.consumers) link(self, 'loaded_by', add(consumerNode(one)));
  return { nodes: [...nodes.values()], edges };
}

const runNode = (run: LineageRun): LineageNode =>
  node('run', run.runId, run.name, {
    ...{ status: run.status, start_time: run.startTime, end_time: run.endTime },
    ...{ experiment_id: String(run.experimentId), principal: run.createdBy },
    mlflow_user: run.userId,
  });

const datasetNode = ({ name, digest, sourceType, source, tags }: LineageDataset): LineageNode =>
  node('dataset', `${name}@${digest}`, name, {
    ...{ digest, source_type: sourceType, source: source.slice(0, 2_000) },
    context: tags['mlflow.data.context'],
    contract: tags['data_contract.uri'],
  });

const modelNode = (id: string, name: string, type?: string): LineageNode =>
  node('logged_model', id, name, { model_type: type });

const consumerNode = ({ principal, loads, lastLoaded, userAgent }: Consumer): LineageNode =>
  node('consumer', principal, principal, {
    ...{ loads, last_loaded: lastLoaded, user_agent: userAgent },
  });

/** Tags of runs that may name who wrote the commit; MLflow's own clients set none of them. */
const AUTHOR_TAGS = ['mlflow.source.git.author', 'git.commit.author', 'git.author'];

/** @returns who trained a version: the server's own knowledge first, then what others say of it */
export function trainerOf({ origin, family }: Pick<Surroundings, 'origin' | 'family'>): Facts {
  const tags = origin.run?.tags ?? {};
  const author = AUTHOR_TAGS.map((key) => tags[key]).find((value) => value !== undefined);
  return known({
    principal: origin.run?.createdBy,
    mlflow_user: tags['mlflow.user'] ?? family[0]?.userId,
    commit_author: author,
    run_id: origin.run === undefined ? undefined : origin.row.runId,
  });
}

/** @returns what the run's tags say of the code; a diff by its digest, not by its text */
export function gitOf({ run }: Origin): Facts {
  const tags = run?.tags ?? {};
  const tag = (key: string) => tags[`mlflow.source.${key}`];
  const diff = tag('git.diff');
  const commit = tag('git.commit');
  return known({
    commit,
    is_commit_valid: commit === undefined ? undefined : isCommit(commit.trim()),
    branch: tag('git.branch'),
    repository: tag('git.repoURL'),
    dirty: tag('git.dirty'),
    diff_sha256: diff && createHash('sha256').update(diff).digest('hex'),
    source_name: tag('name'),
    source_type: tag('type'),
  });
}
