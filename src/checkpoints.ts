import { appendFile } from 'node:fs/promises';
import type { Publish } from './audit/checkpointer.js';
import { checkpointer } from './audit-slices.js';
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
  /** Signs what is left. */
  stop(): Promise<void>;
}

const EVERY = 60_000;
/** Milliseconds until a transaction that has just appended has ended. */
const SOON = 200;

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
  let every: NodeJS.Timeout | undefined;
  let soon: NodeJS.Timeout | undefined;
  const tick = () => {
    soon = undefined;
    void signing.tick();
  };
  return {
    start: () => {
      every = setInterval(tick, EVERY);
    },
    due: () => {
      if (every !== undefined) soon ??= setTimeout(tick, SOON);
    },
    stop: async () => {
      clearTimeout(soon);
      if (every !== undefined) await signing.tick();
      clearInterval(every);
      every = undefined;
      await client.close();
    },
  };
}
