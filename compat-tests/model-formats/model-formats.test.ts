/** Models of scikit-learn as ONNX, and cards as the Hub's own library reads them. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { ensureEnvironment, environmentProgram } from '../../scripts/python-envs.mjs';
import { places } from '../robustness/support/place.js';
import { type ServerProcess, startServer } from '../robustness/support/server.js';

const TOOL = 'model-formats';
const newPlace = places();
let server: ServerProcess;

beforeAll(async () => {
  ensureEnvironment(TOOL, (line) => console.log(`${TOOL}: ${line}`));
  server = await startServer(await newPlace(), { flags: ['--governance', 'enforce'] });
});

it('are registered, verified and read as what they are', () => {
  const script = join(import.meta.dirname, 'formats.py');
  const { status, stdout, stderr } = spawnSync(
    environmentProgram(TOOL, 'python'),
    [script, server.url],
    {
      encoding: 'utf8',
      timeout: 110_000,
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', PYTHONWARNINGS: 'ignore' },
    },
  );
  expect([status, status === 0 ? '' : stderr.slice(-3_000)]).toEqual([0, '']);
  // What clients say of themselves stands between.
  expect(stdout.match(/^(\w+)$/gm)).toEqual([
    ...['onnx_is_verified', 'broken_onnx_fails', 'cards_are_found', 'hub_reads_a_card'],
  ]);
});
