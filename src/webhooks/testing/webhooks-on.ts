import type { Clock } from '../../platform/clock.js';
import type { Database } from '../../platform/db/database.js';
import { JobRunner } from '../../platform/jobs/job-runner.js';
import { JobStore } from '../../platform/jobs/jobs.store.js';
import { createLog } from '../../platform/log.js';
import { allowedHosts } from '../../platform/outgoing/addresses.js';
import { OutgoingClient } from '../../platform/outgoing/outgoing-client.js';
import type { Sink } from '../../platform/outgoing/testing/sink.js';
import { noTrail } from '../../platform/trail.js';
import { registryOn } from '../../registry/testing/registry-on.js';
import { BY_TESTER } from '../../testing/tester.js';
import { DeliveryService } from '../deliveries.service.js';
import { DeliveryStore } from '../deliveries.store.js';
import { DeliveryJobs } from '../delivery-jobs.js';
import { WebhookOutbox } from '../outbox.js';
import { WebhookSecrets } from '../secrets.js';
import { WebhookSender } from '../sender.js';
import { type NewWebhook, WebhookService } from '../webhooks.service.js';
import { WebhookStore } from '../webhooks.store.js';

export const KEY = 'a key of this test, 0123456789abcdef';

export interface WebhookSettings {
  readonly keys?: readonly string[];
  readonly keyFile?: string;
  readonly allowPrivate?: boolean;
  readonly schemes?: readonly string[];
  readonly now?: Clock;
  readonly retryFor?: number;
  readonly timeout?: number;
}

export const ALL = [
  ['REGISTERED_MODEL', 'CREATED'],
  ['MODEL_VERSION', 'CREATED'],
  ['MODEL_VERSION_TAG', 'SET'],
  ['MODEL_VERSION_TAG', 'DELETED'],
  ['MODEL_VERSION_ALIAS', 'CREATED'],
  ['MODEL_VERSION_ALIAS', 'DELETED'],
  ['PROMPT', 'CREATED'],
  ['PROMPT_VERSION', 'CREATED'],
  ['PROMPT_TAG', 'SET'],
  ['PROMPT_TAG', 'DELETED'],
  ['PROMPT_VERSION_TAG', 'SET'],
  ['PROMPT_VERSION_TAG', 'DELETED'],
  ['PROMPT_ALIAS', 'CREATED'],
  ['PROMPT_ALIAS', 'DELETED'],
].map(([entity, action]) => ({ entity, action }));

/** Webhooks over a database, with a registry that tells them what happens. */
export function webhooksOn(database: Database, settings: WebhookSettings = {}) {
  const { keys = [KEY], keyFile, allowPrivate = true, schemes = ['http', 'https'] } = settings;
  const { now = () => Date.now(), timeout = 2_000 } = settings;
  const policy = { schemes, allowPrivate, allowedHosts: allowedHosts([]) };
  const client = new OutgoingClient(policy, timeout);
  const secrets = new WebhookSecrets({ secretKeys: keys, keyFile });
  const jobs = new JobStore(database);
  const parts = {
    ...{ database, jobs, client, secrets, schemes, now },
    trail: noTrail,
    workspace: undefined,
    webhooks: new WebhookStore(database),
    deliveries: new DeliveryStore(database),
    sender: new WebhookSender({ client, secrets, schemes, now }),
    log: createLog('silent'),
    settings: { timeout, workers: 6, retryFor: settings.retryFor ?? 86_400_000, keepFor: 1_000 },
  };
  const handler = new DeliveryJobs(parts);
  const runner = new JobRunner({ ...parts, handler });
  const wake = runner.wake;
  const service = new WebhookService(parts);
  return {
    ...parts,
    handler,
    runner,
    service,
    history: new DeliveryService({ ...parts, wake }),
    registry: registryOn(database, { events: new WebhookOutbox({ ...parts, wake }) }),
    create: (wish: Partial<NewWebhook> = {}) => service.create({ ...PLAIN, ...wish }, BY_TESTER),
    /** Does all that is due now, in the order in which it became so. */
    deliver: async () => {
      const claim = { kind: handler.kind, now: now(), until: now() + 1, busyLanes: [] };
      const due = await database.write((tx) => jobs.claim(tx, { ...claim, limit: 1_000 }));
      for (const job of due.sort((one, other) => one.id - other.id)) {
        await handler.run(job, new AbortController().signal);
      }
      return due.length;
    },
  };
}

const PLAIN: NewWebhook = {
  name: 'hook',
  url: 'https://1.1.1.1/',
  events: ALL,
  description: '',
  secret: '',
  status: 'ACTIVE',
};

/** Takes everything out of a database again: making a new one costs more than most tests. */
export const empty = (database: Database): Promise<void> =>
  database.write(async (tx) => {
    for (const table of ['jobs', 'webhook_deliveries', 'webhooks', 'registered_models']) {
      await tx.run({ sql: `delete from ${table}`, bindings: [] });
    }
  });

/** @returns how many rows a table has */
export async function rowsOf(database: Database, table: string): Promise<number> {
  const sql = `select count(*) as n from ${table}`;
  const row = await database.read.first<{ n: number }>({ sql, bindings: [] });
  return Number(row?.n);
}

/** @returns what a receiver was told: entity and action, and the data */
export const toldTo = (sink: Sink): unknown[][] =>
  sink.received.map(({ body }) => {
    const { entity, action, data } = JSON.parse(body);
    return [`${entity} ${action}`, data];
  });

export type Webhooks = ReturnType<typeof webhooksOn>;
