import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createExperiment, createModel } from '../support/api.js';
import { Client } from '../support/client.js';
import { onBothDatabases } from '../support/place.js';
import { startServer } from '../support/server.js';
import { audit, checkIntegrity } from './audit.js';
import { Ledger } from './ledger.js';
import { writeUntilCut } from './workload.js';

const CONNECTIONS = 16;
/** Milliseconds of writing before each kill. */
const ROUNDS = [300, 700, 1_100, 450, 900];

onBothDatabases((newPlace) => {
  it('loses nothing acknowledged and keeps nothing in part when it is killed', async () => {
    const place = await newPlace();
    const ledger = new Ledger();
    const sharedModels = ['shared-1', 'shared-2'];
    let experiment = '';
    let server = await startServer(place);
    for (const [round, time] of ROUNDS.entries()) {
      const client = new Client(server.url, CONNECTIONS);
      if (round === 0) {
        experiment = await createExperiment(client, 'crash');
        for (const name of sharedModels) await createModel(client, name);
      }
      const before = ledger.size;
      const stage = { client, ledger, experiment, sharedModels, round };
      const writers = Array.from({ length: CONNECTIONS }, (_, index) =>
        writeUntilCut(stage, index),
      );
      const over = Promise.all(writers);
      await Promise.race([over, sleep(time)]);
      // A busy machine may not have come to much yet.
      for (let wait = 0; wait < 200 && ledger.size - before < CONNECTIONS * 4; wait += 1) {
        await Promise.race([over, sleep(50)]);
      }
      await server.kill();
      await over;
      client.close();
      expect(ledger.size - before, 'writes of this round').toBeGreaterThan(CONNECTIONS);

      server = await startServer(place, { port: server.port });
      const reader = new Client(server.url);
      await audit(reader, ledger, experiment);
      reader.close();
      if (place.databaseFile !== undefined) checkIntegrity(place.databaseFile);
    }
    expect(ledger.writes.some(({ fate }) => fate === 'unknown')).toBe(true);
    expect((await server.stop()).code).toBe(0);
    if (place.databaseFile !== undefined) checkIntegrity(place.databaseFile);
  });
});
