import type { GovernanceEvent } from '../../governance/events/governance-events.js';
import type { Clock } from '../../platform/clock.js';
import type { Database, Reader } from '../../platform/db/database.js';
import type { Caller, Requirement } from '../../platform/http/operation.js';
import { JobRunner } from '../../platform/jobs/job-runner.js';
import { JobStore } from '../../platform/jobs/jobs.store.js';
import { createLog } from '../../platform/log.js';
import { allowedHosts } from '../../platform/outgoing/addresses.js';
import { OutgoingClient } from '../../platform/outgoing/outgoing-client.js';
import { noTrail, type Trail } from '../../platform/trail.js';
import { ModelStore } from '../../registry/models/models.store.js';
import { openGate, type PromotionGate } from '../../registry/promotion-gate.js';
import type { RegistryEvent } from '../../registry/registry-events.js';
import { registryOn } from '../../registry/testing/registry-on.js';
import { VersionStore } from '../../registry/versions/versions.store.js';
import { BY_TESTER } from '../../testing/tester.js';
import { WebhookSecrets } from '../../webhooks/secrets.js';
import { AlertService } from '../alerts.service.js';
import { AlertStore } from '../alerts.store.js';
import { DeliveryService } from '../deliveries.service.js';
import { DeliveryStore } from '../deliveries.store.js';
import { PreferenceService } from '../email-preferences.service.js';
import { openMailer } from '../mailer.js';
import { NotificationOutbox, STREAM_JOB } from '../outbox.js';
import { SealedSecrets } from '../secrets.js';
import { Sender } from '../sender.js';
import { stageTag } from '../stage-tag.js';
import { StreamJobs } from '../stream-jobs.js';
import type { Channel } from '../subscriptions.js';
import { SubscriptionService } from '../subscriptions.service.js';
import { SubscriptionStore } from '../subscriptions.store.js';
import { TellingGate } from '../telling-gate.js';
import { TellingTrail } from '../telling-trail.js';
import type { Wish } from '../wish.js';

export interface NotificationSettings {
  readonly now?: Clock;
  readonly smtpUrl?: string;
  readonly allowPrivate?: boolean;
  readonly retryFor?: number;
  readonly gate?: PromotionGate;
  readonly trail?: Trail;
  /** Where MLflow's own events go, if stages are mirrored. */
  readonly mirrored?: RegistryEvent[];
  /** Whether somebody may do something; everybody may do everything where it is absent. */
  readonly allows?: (caller: Caller, needed: Requirement) => Promise<boolean>;
  readonly mayRead?: (owner: string, model: string) => Promise<boolean>;
}

export const KEY = 'a key of this test, 0123456789abcdef';

/** Notifications over a database, with a registry that tells them what happens. */
export function notificationsOn(database: Database, settings: NotificationSettings = {}) {
  const { allowPrivate = true, retryFor = 86_400_000, smtpUrl } = settings;
  const { now = () => Date.now(), allows = async () => true, trail = noTrail } = settings;
  const schemes = ['http', 'https'];
  const client = new OutgoingClient(
    { schemes, allowPrivate, allowedHosts: allowedHosts([]) },
    2_000,
  );
  const jobs = new JobStore(database);
  const subscriptions = new SubscriptionStore(database);
  const deliveries = new DeliveryStore(database);
  const alerts = new AlertStore(database);
  const ring = new WebhookSecrets({ secretKeys: [KEY], keyFile: undefined });
  const secrets = new SealedSecrets(ring);
  const mailer = openMailer({ smtpUrl, from: 'runledger@example.org' }, 2_000);
  const sender = new Sender({
    ...{ client, mailer, secrets, subscriptions, schemes, now, reader: database.scan },
  });
  const emailDomains = ['example.org'];
  const stores = { database, jobs, subscriptions, deliveries, alerts };
  const parts = { ...stores, secrets, sender, client, schemes, emailDomains, allows, trail, now };
  const models = new ModelStore(database);
  const service = new SubscriptionService({
    ...parts,
    hasModel: (reader, name) => models.exists(reader, name),
  });
  const handler = new StreamJobs({
    ...parts,
    mayRead: async ({ owner }, model) => (await settings.mayRead?.(owner, model)) ?? true,
    settings: { workers: 10, retryFor, keepFor: 1_000 },
    log: createLog('silent'),
  });
  const runner = new JobRunner({ database, jobs, handler, log: createLog('silent'), now });
  const wake = runner.wake;
  const outbox = new NotificationOutbox({ ...parts, wake });
  const isPrompt = (reader: Reader, name: string) => models.isPrompt(reader, name);
  const mirror =
    settings.mirrored === undefined
      ? undefined
      : stageTag(new VersionStore(database), {
          emit: async (_, event) => {
            settings.mirrored?.push(event);
          },
        });
  const told = { events: outbox, isPrompt };
  const gate = new TellingGate(settings.gate ?? openGate, { ...told, mirror });
  const telling = new TellingTrail({ ...told, trail, subscriptions });
  return {
    ...parts,
    ...{ outbox, handler, runner, service, alerts, mailer },
    acknowledging: new AlertService(parts),
    preferences: new PreferenceService(parts),
    history: new DeliveryService({ ...parts, service, wake }),
    registry: registryOn(database, { gate, trail: telling }),
    subscribe: (channel: Channel, wish: Partial<Wish> = {}, by = BY_TESTER) =>
      service.create(channel, { ...PLAIN, ...wish }, by),
    emit: (event: GovernanceEvent) => database.write((tx) => outbox.emit(tx, event)),
    /** Does all that is due now, in the order in which it became so. */
    deliver: async () => {
      const claim = { kind: STREAM_JOB, now: now(), until: now() + 2_000, busyLanes: [] };
      const due = await database.write((tx) => jobs.claim(tx, { ...claim, limit: 1_000 }));
      for (const job of due.sort((one, other) => one.id - other.id)) {
        await handler.run(job, new AbortController().signal);
      }
      return due.length;
    },
  };
}

export type Notifications = ReturnType<typeof notificationsOn>;

const PLAIN: Wish = {
  description: '',
  modelPattern: '*',
  events: ['*'],
  status: 'ACTIVE',
  url: 'https://1.1.1.1/',
  recipients: [],
  verifyTls: true,
  secret: undefined,
  authorization: undefined,
};

/** Takes everything out of a database again: making a new one costs more than most tests. */
export const empty = (database: Database): Promise<void> =>
  database.write(async (tx) => {
    for (const table of [
      ...['jobs', 'notification_deliveries', 'notification_events'],
      ...['notification_streams', 'notification_subscriptions', 'governance_alerts'],
      'registered_models',
    ]) {
      await tx.run({ sql: `delete from ${table}`, bindings: [] });
    }
  });
