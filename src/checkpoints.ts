import { appendFile } from 'node:fs/promises';
import type { Publish } from './audit/checkpointer.js';
import { auditSlices, checkpointer } from './audit-slices.js';
import { type Clock, systemClock } from './platform/clock.js';
import type { Config } from './platform/config/config.js';
import type { Database } from './platform/db/database.js';
import type { Log } from './platform/log.js';
import { OutgoingClient } from './platform/outgoing/outgoing-client.js';

/** What the server does by itself for its audit log: it signs it, and hands on what it has signed. */
export interface Checkpoints {
  start(): void;
  /** There are enough new entries, as soon as their transactions have ended. */
  readonly due: () => void;
  /** Entries wait for their places in the log, as soon as their transactions have ended. */
  readonly waiting: () => void;
  /** Signs what is left. */
  stop(): Promise<void>;
}

const EVERY = 60_000;
/** Milliseconds until a transaction that has just appended has ended. */
const SOON = 200;
/** Milliseconds for which entries are gathered that get their places together. */
const SETTLE = 500;

export function createCheckpoints(
  config: Config,
  database: Database,
  log: Log,
  now: Clock = systemClock,
): Checkpoints {
  const { checkpointFile, pushUrl } = config.audit;
  const client = new OutgoingClient(
    { ...config.webhooks, schemes: ['http', 'https'] },
    config.webhooks.timeout,
  );
  const publish: Publish[] = [];
  if (checkpointFile !== undefined) {
    publish.push(({ note }) => appendFile(checkpointFile, `${note}\n`, { mode: 0o644 }));
  }
  if (pushUrl !== undefined) {
    publish.push(async ({ note }) => {
      const headers = { 'Content-Type': 'text/plain; charset=utf-8' };
      const signal = AbortSignal.timeout(config.webhooks.timeout);
      const { status } = await client.post({ url: pushUrl, headers, body: note, signal });
      if (status >= 300) throw new Error(`${pushUrl.host} has answered ${status}`);
    });
  }
  const signing = checkpointer(config, database, { log, now, publish });
  const { trail } = auditSlices(config, database, now, { due: () => due() });
  let every: NodeJS.Timeout | undefined;
  let soon: NodeJS.Timeout | undefined;
  let settling: NodeJS.Timeout | undefined;
  const settle = async () => {
    settling = undefined;
    await trail.settle().catch((error: unknown) => {
      log.error({ err: error }, 'entries wait for their places in the audit log');
    });
  };
  const sign = async () => {
    soon = undefined;
    await settle();
    await signing.tick();
  };
  const tick = () => void sign();
  const due = () => {
    if (every !== undefined) soon ??= setTimeout(tick, SOON);
  };
  return {
    start: () => {
      every = setInterval(tick, EVERY);
    },
    due,
    waiting: () => {
      if (every !== undefined) settling ??= setTimeout(() => void settle(), SETTLE);
    },
    stop: async () => {
      clearTimeout(soon);
      clearTimeout(settling);
      if (every !== undefined) await sign();
      clearInterval(every);
      every = undefined;
      await client.close();
    },
  };
}
