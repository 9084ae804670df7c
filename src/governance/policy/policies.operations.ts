import type { GovernanceConfig } from '../../platform/config/governance-config.js';
import type { Database } from '../../platform/db/database.js';
import type { OperationTable } from '../../platform/http/operation.js';
import { nextPage, readPage } from '../pages.js';
import { stagesOf } from './find-profile.js';
import type { PolicyInForce, PolicyService } from './policies.service.js';
import type { PolicyStore, StoredPolicy } from './policies.store.js';

type Ids = 'getGovernancePolicy' | 'putGovernancePolicy' | 'listGovernancePolicies';

/** The policy over HTTP. Everybody who signs in may know by what they are judged. */
export function policyOperations(
  database: Database,
  config: GovernanceConfig,
  store: PolicyStore,
  service: PolicyService,
): OperationTable<Ids> {
  const shown = ({ version, document, stored }: PolicyInForce) => ({
    policy: {
      ...{ version, policy_yaml: document, default_mode: config.mode },
      ...(stored === undefined ? { source: 'built-in' } : origin(stored)),
    },
  });
  return {
    getGovernancePolicy: {
      access: 'login',
      of: 'server',
      handler: async ({ model }) => {
        const inForce = await service.current();
        if (model === undefined) return shown(inForce);
        const { profile } = await service.profileOf(model);
        return { ...shown(inForce), stages: [...stagesOf(profile)] };
      },
    },
    putGovernancePolicy: {
      access: 'admin',
      of: 'server',
      handler: async ({ policy_yaml, dry_run }, by) =>
        shown(
          dry_run === true ? service.check(policy_yaml) : await service.replace(policy_yaml, by),
        ),
    },
    listGovernancePolicies: {
      access: 'login',
      of: 'server',
      handler: async ({ max_results, page_token }) => {
        const { before, limit } = readPage(max_results, page_token);
        const rows = await store.before(database.read, before, limit);
        const policies = rows.map((stored) => ({
          ...{ version: stored.digest, policy_yaml: stored.document },
          ...origin(stored),
        }));
        return {
          policies,
          ...nextPage(
            rows.map(({ id: key }) => ({ key })),
            limit,
          ),
        };
      },
    },
  };
}

const origin = ({ source, createdBy, createdAt }: StoredPolicy) => ({
  source,
  created_by: createdBy,
  creation_timestamp: createdAt,
});
