/**
 * Renews the golden exchanges: every client tells the story to a stock server.
 *
 *   npx tsx compat-tests/golden/record.ts [SUBJECT ...]
 *
 * Without a subject it is the whole story.
 */
import { ALL_VERSIONS } from '../../scripts/python-envs.mjs';
import { startStockServer } from '../servers.js';
import { clearGolden, writeGolden } from './files.js';
import { SUBJECTS, tellStory } from './tell.js';

const named = process.argv.slice(2);
const unknown = named.filter((name) => !SUBJECTS.some((subject) => subject === name));
if (unknown.length > 0) throw new Error(`No subject of the story: ${unknown.join(', ')}`);
const subjects = named.length > 0 ? named : SUBJECTS;

const server = await startStockServer();
try {
  for (const [index, version] of ALL_VERSIONS.entries()) {
    const story = await tellStory(version, server.url, subjects);
    if (named.length === 0) await clearGolden(version);
    await writeGolden(version, story, ALL_VERSIONS.slice(0, index));
    console.log(`mlflow ${version}: ${Object.values(story).flat().length} exchanges`);
  }
} finally {
  await server.stop();
}
