import { ArtifactPlaces } from './artifacts/places.js';
import { evidenceSlices } from './evidence-slices.js';
import type { Alerts } from './governance/alerts/alerts.js';
import { PolicyService } from './governance/policy/policies.service.js';
import { PolicyStore } from './governance/policy/policies.store.js';
import { EvidenceJobs } from './governance/version-facts/evidence-jobs.js';
import { EVIDENCE_JOB, SWEEP_JOB } from './governance/version-facts/evidence-kinds.js';
import { type Clock, systemClock } from './platform/clock.js';
import type { Config } from './platform/config/config.js';
import type { Database } from './platform/db/database.js';
import { JobRunner } from './platform/jobs/job-runner.js';
import type { Log } from './platform/log.js';
import { noTrail } from './platform/trail.js';
import { ModelStore } from './registry/models/models.store.js';

/** What the server does by itself for versions: it ends registrations, and looks at files anew. */
export interface EvidenceWork {
  start(): void;
  stop(): Promise<void>;
}

/** Milliseconds that a look may go on at a stop; it begins anew at the next start. */
const PATIENCE = 2_000;

export function createEvidenceWork(
  config: Config,
  database: Database,
  log: Log,
  alerts: Alerts,
  now: Clock = systemClock,
): EvidenceWork {
  const policies = new PolicyService({
    ...{ database, store: new PolicyStore(), config: config.governance, trail: noTrail, now },
  });
  const slices = evidenceSlices(config, {
    ...{ database, now, trail: noTrail, alerts },
    places: new ArtifactPlaces(config.artifacts),
    models: new ModelStore(database),
    profiles: {
      profileOf: async (reader, model) => (await policies.profileOf(model, reader)).profile,
    },
  });
  const runners = ([EVIDENCE_JOB, SWEEP_JOB] as const).map((kind) => {
    const handler = new EvidenceJobs(kind, slices);
    return new JobRunner({ ...{ database, handler, log, now }, jobs: slices.jobs });
  });
  return {
    start: () => {
      if (config.evidence.mode !== 'compat') for (const runner of runners) runner.start();
    },
    stop: async () => {
      const stopped = Promise.all(runners.map((runner) => runner.stop(PATIENCE)));
      await Promise.race([
        stopped,
        new Promise((resolve) => setTimeout(resolve, PATIENCE).unref()),
      ]);
    },
  };
}
