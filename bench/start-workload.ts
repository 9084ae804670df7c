import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Context, type Driver, ownTrial } from './driver.js';
import { usageOfTree } from './process-stats.js';
import { Server } from './servers.js';

const REST_MS = 3_000;

/** From the start of the process to its first answer, over the database that is in use already. */
export async function start({ server }: Context): Promise<Driver> {
  const { name, folder, database } = server;
  return {
    trial: async () => {
      const again = await Server.launch(name, join(folder, 'again'), database);
      try {
        await again.ready();
        await sleep(REST_MS);
        const memory = usageOfTree(again.pid)?.memoryMb ?? Number.NaN;
        const notes = [`${memory.toFixed(0)} MB at rest`];
        return ownTrial([again.startMs], { elapsedMs: again.startMs, notes });
      } finally {
        await again.stop();
      }
    },
  };
}
