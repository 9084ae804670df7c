/** Runs the compatibility suites once more, on a PostgreSQL that lives as long as the run. */
import { spawnSync } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '../src/testing/postgres-setup.js';

const [command = '', ...args] = process.argv.slice(2);
if (command === '') {
  console.error('Usage: npx tsx compat-tests/on-postgres.ts COMMAND [ARGUMENT ...]');
  process.exit(2);
}

const folder = await mkdtemp(join(tmpdir(), 'runledger-postgres-'));
await chmod(folder, 0o755);
const { uri, stop } = await startPostgres(folder);
try {
  const { status } = spawnSync(command, args, {
    stdio: 'inherit',
    env: { ...process.env, RUNLEDGER_TEST_BACKEND_URI: uri },
  });
  process.exitCode = status ?? 1;
} finally {
  await stop();
  await rm(folder, { recursive: true, force: true });
}
