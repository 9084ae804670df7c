import type { ModelVersion } from '../../registry/versions/versions.js';
import { NO_CARD } from '../cards/check-card.js';
import type { VersionFacts } from '../evaluate/facts.js';
import { lineageOf } from '../gates/lineage.js';

/** @returns the facts of a version as far as its own row says them, without any evidence */
export function bareFacts(found: ModelVersion): VersionFacts {
  return {
    ...{ model: found.name, version: found.version, stage: found.current_stage },
    semver: tagMap(found).semver,
    runId: found.run_id,
    card: NO_CARD,
    lineage: lineageOf(undefined, []),
    contract: { state: 'absent', problems: [] },
    metrics: { measured: [] },
    params: {},
    format: { formats: [], unsafeFiles: [], onnx: { state: 'absent', problems: [] } },
    integrity: { artifacts: 'unknown', changedFiles: [], signature: 'absent', digest: '' },
  };
}

const tagMap = ({ tags }: Pick<ModelVersion, 'tags'>): Readonly<Record<string, string>> =>
  Object.fromEntries(tags.map(({ key, value }) => [key, value]));
