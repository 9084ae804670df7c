import type { Pair } from '../support/pair.js';
import { seedEvaluation } from './evaluation.js';
import { seedLoggedModels, seedRegistry } from './registry.js';
import { seedTraces } from './traces.js';
import { seedExperiments, seedRuns } from './tracking.js';

/** Puts the same data into both servers; their ids get common names on the way. */
export async function seedAll(pair: Pair): Promise<void> {
  await seedExperiments(pair);
  await seedRuns(pair);
  await seedRegistry(pair);
  await seedLoggedModels(pair);
  await seedTraces(pair);
  await seedEvaluation(pair);
}
