import { artifactOperations } from './artifacts/artifacts.operations.js';
import { drillOperations } from './governance/drills/drills.operations.js';
import { rollbackOperations } from './governance/rollback/rollback.operations.js';
import { servingOperations } from './governance/serving/serving.operations.js';
import { stillAllowedBy } from './governance/serving/still-allowed.js';
import type { Guard } from './platform/http/guard.js';
import type { OperationTable } from './platform/http/operation.js';
import { parseVersion } from './registry/versions/versions.js';
import type { Slices } from './slices.js';

/** All that servers of models, and who looks after them, ask for. */
export const servingTable = ({ serving, drills }: Slices, guard: Guard) => ({
  ...drillOperations(drills),
  ...servingOperations({ ...serving, stillAllowed: stillAllowedBy(guard) }),
  ...rollbackOperations(serving.rollbacks, serving.resolver),
});

/** The registry's operations, with a note of who was told where a version's files lie. */
export function notedRegistry<Table extends OperationTable<'getModelVersionDownloadUri'>>(
  { serving }: Slices,
  table: Table,
): Table {
  const { getModelVersionDownloadUri: plain } = table;
  return {
    ...table,
    getModelVersionDownloadUri: {
      ...plain,
      handler: async (input, call) => {
        const answer = await plain.handler(input, call);
        serving.notes.loaded(call, input.name, parseVersion(input.name, input.version));
        return answer;
      },
    },
  };
}

/** A model's folder is known by this file, which every load of it begins with. */
const MLMODEL = '/MLmodel';

/** The artifact proxy, with a note of who has read which model's files. */
export function notedArtifacts({ serving, artifacts }: Slices) {
  const table = artifactOperations(artifacts);
  const { downloadArtifact: plain } = table;
  return {
    ...table,
    downloadArtifact: {
      ...plain,
      handler: async (input, call) => {
        const answer = await plain.handler(input, call);
        const path = artifacts.paths.parse(input.artifact_path).text;
        if (path.endsWith(MLMODEL)) {
          serving.notes.read(call, `mlflow-artifacts:/${path.slice(0, -MLMODEL.length)}`);
        }
        return answer;
      },
    },
  } satisfies typeof table;
}
