import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { type RunningServer, startRunledger, startStockServer } from '../servers.js';
import { PROGRAM, story } from './support.js';

/** What is left after each command, on a server of its own. */
async function collected(
  start: typeof startStockServer,
  ...program: readonly string[]
): Promise<unknown> {
  const folder = await mkdtemp(join(tmpdir(), 'runledger-gc-'));
  const [store, artifacts] = [`sqlite:///${join(folder, 'of.db')}`, join(folder, 'artifacts')];
  let server: RunningServer | undefined;
  onTestFinished(async () => {
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });
  server = await start({
    backendStoreUri: store,
    extraArguments: ['--artifacts-destination', artifacts],
  });
  const answers = join(folder, 'answers.json');
  await story('gc_story.py', server.url, store, artifacts, answers, ...program);
  return JSON.parse(await readFile(answers, 'utf8'));
}

it('gc leaves what mlflow gc leaves', async () => {
  const stock = await collected(startStockServer);
  expect(await collected(startRunledger, process.execPath, PROGRAM)).toEqual(stock);
});
