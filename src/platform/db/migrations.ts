import type { Knex } from 'knex';
import * as tracking from '../../../migrations/0001_tracking.js';
import * as loggedModels from '../../../migrations/0002_logged_models.js';
import * as registry from '../../../migrations/0003_registry.js';
import * as idempotency from '../../../migrations/0004_idempotency.js';
import * as traces from '../../../migrations/0005_traces.js';
import * as webhooks from '../../../migrations/0006_webhooks.js';
import * as evaluation from '../../../migrations/0007_evaluation.js';
import * as access from '../../../migrations/0008_access.js';
import * as audit from '../../../migrations/0009_audit.js';
import * as setup from '../../../migrations/0010_setup.js';
import * as freeze from '../../../migrations/0011_freeze.js';
import * as metricSampling from '../../../migrations/0012_metric_sampling.js';
import * as versionEvidence from '../../../migrations/0013_version_evidence.js';
import * as governance from '../../../migrations/0014_governance.js';
import * as identities from '../../../migrations/0015_identities.js';
import * as protection from '../../../migrations/0016_protection.js';
import * as variants from '../../../migrations/0017_version_cards_and_variants.js';
import * as serving from '../../../migrations/0018_serving.js';
import * as notifications from '../../../migrations/0019_notifications.js';
import * as imports from '../../../migrations/0021_imports.js';
import * as farLocations from '../../../migrations/0024_far_locations.js';
import * as historyOfPlaces from '../../../migrations/0025_history_of_places.js';
import * as workspaces from '../../../migrations/0026_workspaces.js';
import * as semverKeys from '../../../migrations/0027_semver_keys.js';
import * as grownHistories from '../../../migrations/0029_grown_histories.js';
import * as foundCards from '../../../migrations/0030_found_cards.js';
import * as issues from '../../../migrations/0031_issues.js';
import * as labelSchemas from '../../../migrations/0032_label_schemas.js';
import * as reviewQueues from '../../../migrations/0033_review_queues.js';

/** The steps of the schema in their order. A step that has been released is never edited. */
const STEPS: Readonly<Record<string, Knex.Migration>> = {
  '0001_tracking': tracking,
  '0002_logged_models': loggedModels,
  '0003_registry': registry,
  '0004_idempotency': idempotency,
  '0005_traces': traces,
  '0006_webhooks': webhooks,
  '0007_evaluation': evaluation,
  '0008_access': access,
  '0009_audit': audit,
  '0010_setup': setup,
  '0011_freeze': freeze,
  '0012_metric_sampling': metricSampling,
  '0013_version_evidence': versionEvidence,
  '0014_governance': governance,
  '0015_identities': identities,
  '0016_protection': protection,
  '0017_version_cards_and_variants': variants,
  '0018_serving': serving,
  '0019_notifications': notifications,
  '0021_imports': imports,
  '0024_far_locations': farLocations,
  '0025_history_of_places': historyOfPlaces,
  '0026_workspaces': workspaces,
  '0027_semver_keys': semverKeys,
  '0029_grown_histories': grownHistories,
  '0030_found_cards': foundCards,
  '0031_issues': issues,
  '0032_label_schemas': labelSchemas,
  '0033_review_queues': reviewQueues,
};

export const migrationNames: readonly string[] = Object.keys(STEPS);

/** @throws Error when there is no step of this name */
export function migration(name: string): Knex.Migration {
  const step = STEPS[name];
  if (step === undefined) throw new Error(`There is no migration ${name}`);
  return step;
}
