import { type Clock, systemClock } from './platform/clock.js';
import type { Config } from './platform/config/config.js';
import type { Database } from './platform/db/database.js';
import { JobRunner } from './platform/jobs/job-runner.js';
import { JobStore } from './platform/jobs/jobs.store.js';
import type { Log } from './platform/log.js';
import { OutgoingClient } from './platform/outgoing/outgoing-client.js';
import type { OwnReceivers } from './platform/outgoing/own-receivers.js';
import { DeliveryStore } from './webhooks/deliveries.store.js';
import { DeliveryJobs } from './webhooks/delivery-jobs.js';
import { ownDeliveryJob } from './webhooks/outbox.js';
import { WebhookSecrets } from './webhooks/secrets.js';
import { WebhookSender } from './webhooks/sender.js';
import { WebhookStore } from './webhooks/webhooks.store.js';

/** What the server does by itself, beside answering: it delivers to webhooks. */
export interface Deliveries {
  start(): void;
  /** There may be something to deliver soon. */
  readonly wake: () => void;
  /** Resolves when deliveries under way have ended; what is left is delivered after a restart. */
  stop(): Promise<void>;
}

/** Milliseconds that deliveries under way may go on at a stop. */
const PATIENCE = 10_000;

export function createDeliveries(
  config: Config,
  database: Database,
  log: Log,
  own?: OwnReceivers,
  now: Clock = systemClock,
): Deliveries {
  const { webhooks: settings } = config;
  const jobs = new JobStore(database);
  const { client, secrets, sender } = webhookSending(config, now, own);
  const parts = {
    ...{ database, jobs, secrets, sender, settings, log, now },
    webhooks: new WebhookStore(database),
    deliveries: new DeliveryStore(database),
  };
  const runnerOf = (kind?: string) =>
    new JobRunner({ database, jobs, handler: new DeliveryJobs({ ...parts, kind }), log, now });
  const runner = runnerOf();
  /** For receivers of this process; made when the first one is open, since few ever are. */
  let inward: JobRunner | undefined;
  own?.onOpened(() => {
    if (inward !== undefined) return;
    inward = runnerOf(ownDeliveryJob(own));
    inward.start();
  });
  return {
    start: () => runner.start(),
    wake: () => {
      runner.wake();
      inward?.wake();
    },
    stop: async () => {
      await Promise.all([runner.stop(PATIENCE), inward?.stop(PATIENCE)]);
      await client.close();
    },
  };
}

/** What it takes to send to a webhook, once or as a delivery. */
export function webhookSending({ webhooks: settings }: Config, now: Clock, own?: OwnReceivers) {
  const { schemes } = settings;
  const client = new OutgoingClient(settings, settings.timeout, own);
  const secrets = new WebhookSecrets(settings);
  return { client, secrets, sender: new WebhookSender({ client, secrets, schemes, now }) };
}
