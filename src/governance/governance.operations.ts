import type { GovernanceConfig } from '../platform/config/governance-config.js';
import type { ModelStore } from '../registry/models/models.store.js';
import { breakGlassOperations } from './break-glass/break-glass.operations.js';
import type { BreakGlassService } from './break-glass/break-glass.service.js';
import type { DryRuns } from './gate/dry-run.js';
import { gateOperations } from './gate/gate.operations.js';
import type { GateParts } from './gate/gate-parts.js';
import { policyOperations } from './policy/policies.operations.js';
import type { PolicyService } from './policy/policies.service.js';
import type { PolicyStore } from './policy/policies.store.js';
import type { CommentService } from './requests/comments.service.js';
import { type DatabricksParts, databricksOperations } from './requests/databricks.operations.js';
import { requestOperations } from './requests/requests.operations.js';
import type { Promoter, RequestService } from './requests/requests.service.js';

export interface GovernanceOperationParts {
  readonly config: GovernanceConfig;
  readonly parts: GateParts & Pick<DatabricksParts, 'versions'>;
  readonly policyStore: PolicyStore;
  readonly policies: PolicyService;
  readonly dryRuns: DryRuns;
  readonly promoter: Promoter;
  readonly requests: RequestService;
  readonly comments: CommentService;
  readonly breakGlass: BreakGlassService;
  readonly models: ModelStore;
}

/** All of governance over HTTP. */
export function governanceOperations(slices: GovernanceOperationParts) {
  const { parts, promoter, requests, comments, models } = slices;
  const { database, now, grants } = parts;
  return {
    ...policyOperations(database, slices.config, slices.policyStore, slices.policies),
    ...gateOperations(parts, slices.dryRuns),
    ...requestOperations(parts, requests),
    ...databricksOperations({ ...parts, service: requests, comments, models, promoter }),
    ...breakGlassOperations({ database, store: grants, now }, slices.breakGlass),
  };
}
