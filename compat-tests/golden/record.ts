/**
 * Renews the golden exchanges: every client tells the story to a stock server.
 *
 *   npx tsx compat-tests/golden/record.ts
 */
import { ALL_VERSIONS } from '../../scripts/python-envs.mjs';
import { startStockServer } from '../servers.js';
import { writeGolden } from './files.js';
import { tellStory } from './tell.js';

const server = await startStockServer();
try {
  for (const [index, version] of ALL_VERSIONS.entries()) {
    const story = await tellStory(version, server.url);
    await writeGolden(version, story, ALL_VERSIONS.slice(0, index));
    console.log(`mlflow ${version}: ${Object.values(story).flat().length} exchanges`);
  }
} finally {
  await server.stop();
}
