import { type Alerts, noAlerts } from './governance/alerts/alerts.js';
import { CardExpiryJobs, type CardExpiryParts } from './governance/version-cards/card-expiry.js';
import { type Clock, systemClock } from './platform/clock.js';
import type { Config } from './platform/config/config.js';
import type { Database } from './platform/db/database.js';
import { JobRunner } from './platform/jobs/job-runner.js';
import type { Log } from './platform/log.js';
import { createSlices } from './slices.js';

/** Milliseconds that a look at cards may go on at a stop. */
const PATIENCE = 2_000;

type Archive = CardExpiryParts['archive'];

/** What is done about cards that end. */
export function cardExpiry(
  config: Config,
  database: Database,
  now: Clock = systemClock,
  alerts: Alerts = noAlerts,
  around: (archive: Archive) => Archive = (archive) => archive,
) {
  const { audit, evidence, versions } = createSlices(config, database, { now });
  const { jobs, facts, store, serving, profiles } = evidence;
  const handler = new CardExpiryJobs({
    ...{ database, jobs, serving, profiles, alerts, now, tags: store },
    trail: audit.trail,
    cards: {
      expiryOf: async (tx, name, version) => (await facts.cardOf(tx, name, version)).state.expiry,
    },
    archive: around(async (name, version, by, onlyIf) => {
      const wish = { name, version: String(version), stage: 'Archived', archiveExisting: false };
      const comment = 'Its model card has expired.';
      await versions.transition({ ...wish, comment, onlyIf }, by);
    }),
  });
  return { handler, jobs };
}

/** Looks after cards in the background. */
export function createCardExpiry(config: Config, database: Database, log: Log) {
  let runner: JobRunner | undefined;
  return {
    start: () => {
      if (config.evidence.mode === 'compat') return;
      // All slices stand behind it, which a server that looks after no cards needs no second time.
      const { handler, jobs } = cardExpiry(config, database);
      runner = new JobRunner({ ...{ database, handler, jobs, log }, now: systemClock });
      runner.start();
    },
    stop: async () => {
      await runner?.stop(PATIENCE);
    },
  };
}
