import type { OperationTable } from '../../platform/http/operation.js';
import type { Resolver } from '../serving/resolver.js';
import { checkMayWrite } from '../writing-tokens.js';
import type { RollbackService } from './rollback.service.js';

type Ids = 'rollbackModel' | 'quarantineVersion';

const byName = (input: { name: string }) => input.name;

/** To take out what should not serve. Who may is asked by the service: a right, and no level. */
export const rollbackOperations = (
  service: RollbackService,
  resolver: Pick<Resolver, 'generation'>,
): OperationTable<Ids> => ({
  rollbackModel: {
    access: 'read',
    of: 'registered_model',
    id: byName,
    handler: async ({ name, stage, alias, to, reason }, by) => {
      checkMayWrite(by);
      const done = await service.rollback({ name, stage, alias, to, reason }, by);
      const { facts, version, quarantined } = done;
      return {
        ...{ name, version: String(version) },
        ...(done.stage === undefined ? {} : { stage: done.stage }),
        ...(done.alias === undefined ? {} : { alias: done.alias }),
        ...(facts.semver === undefined ? {} : { semver: facts.semver }),
        ...(facts.integrity.digest === '' ? {} : { root_digest: facts.integrity.digest }),
        quarantined: quarantined === undefined ? [] : [String(quarantined)],
        generation: await resolver.generation(name),
      };
    },
  },
  quarantineVersion: {
    access: 'read',
    of: 'model_version',
    id: byName,
    handler: async ({ name, version, reason }, by) => {
      checkMayWrite(by);
      const { quarantine, number } = await service.quarantine(name, version, reason, by);
      return {
        ...{ name, version: String(number) },
        ...{ since: quarantine.since, quarantined_by: quarantine.by, reason: quarantine.reason },
        generation: await resolver.generation(name),
      };
    },
  },
});
