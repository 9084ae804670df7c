import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

it('a run in which a test fails ends with an error, although PostgreSQL ran in it', () => {
  const vitest = join(import.meta.dirname, '../../node_modules/.bin/vitest');
  const config = join(import.meta.dirname, 'failing/vitest.config.ts');
  const { status, stdout } = spawnSync(vitest, ['run', '--config', config], { encoding: 'utf8' });
  expect(stdout).toContain('1 failed');
  expect(status).toBe(1);
}, 60_000);
