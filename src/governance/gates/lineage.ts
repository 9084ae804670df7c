/** A data set that a run has as an input. */
export interface DatasetFacts {
  readonly name: string;
  readonly digest: string;
  readonly source: string;
  /** `training`, `validation`, ...: what the tag `mlflow.data.context` says. */
  readonly context: string | undefined;
}

/** Where a version comes from: read, never invented. */
export interface LineageFacts {
  /** Whether the version has a run at all. */
  readonly hasRun: boolean;
  /** As the run's tag says it. */
  readonly commit: string | undefined;
  readonly isCommitValid: boolean;
  /** Whether files were changed that the commit doesn't hold. */
  readonly isDirty: boolean;
  readonly branch: string | undefined;
  readonly repository: string | undefined;
  /** The script or notebook. */
  readonly sourceName: string | undefined;
  readonly parentRunId: string | undefined;
  readonly datasets: readonly DatasetFacts[];
}

/** An input of a run as MLflow's API has it. */
export interface RunInput {
  readonly name: string;
  readonly digest: string;
  readonly source: string;
  readonly tags: Readonly<Record<string, string>>;
}

export const COMMIT_TAG = 'mlflow.source.git.commit';
const COMMIT = /^(?:[\da-f]{40}|[\da-f]{64})$/i;

/** Whether a text is a whole SHA-1 or SHA-256 of git: a short one may mean another commit tomorrow. */
export const isCommit = (text: string): boolean => COMMIT.test(text);

/** @returns what the tags and inputs of a run say of where a version comes from */
export function lineageOf(
  tags: Readonly<Record<string, string>> | undefined,
  inputs: readonly RunInput[],
): LineageFacts {
  const tag = (key: string): string | undefined => {
    const value = tags !== undefined && Object.hasOwn(tags, key) ? tags[key]?.trim() : undefined;
    return value === '' ? undefined : value;
  };
  const commit = tag(COMMIT_TAG);
  return {
    hasRun: tags !== undefined,
    commit,
    isCommitValid: commit !== undefined && isCommit(commit),
    isDirty: isDirty(tag('mlflow.source.git.dirty'), tag('mlflow.source.git.diff')),
    branch: tag('mlflow.source.git.branch'),
    repository: tag('mlflow.source.git.repoURL'),
    sourceName: tag('mlflow.source.name'),
    parentRunId: tag('mlflow.parentRunId'),
    datasets: inputs.map(({ name, digest, source, tags: own }) => ({
      name,
      digest,
      source,
      context: own['mlflow.data.context'],
    })),
  };
}

/** A diff is what was changed, whatever the other tag says. */
const isDirty = (dirty: string | undefined, diff: string | undefined): boolean =>
  diff !== undefined || (dirty !== undefined && !/^(?:false|0|no)$/i.test(dirty));

/** Where a contract is named: tags on the run, the version or a data set's input. */
export interface ContractReference {
  readonly uri: string | undefined;
  readonly version: string | undefined;
  readonly sha256: string | undefined;
}

/** @returns what the first of the tag sets that names a contract says of it, if one does */
export function contractReference(
  tagSets: readonly Readonly<Record<string, string>>[],
): ContractReference | undefined {
  for (const tags of tagSets) {
    const read = (key: string): string | undefined => {
      const name = `data_contract.${key}`;
      const value = Object.hasOwn(tags, name) ? tags[name]?.trim() : undefined;
      return value === '' ? undefined : value;
    };
    const [uri, version, sha256] = [read('uri'), read('version'), read('sha256')];
    if (uri !== undefined || sha256 !== undefined) return { uri, version, sha256 };
  }
  return undefined;
}
