import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: import.meta.dirname,
  test: {
    include: ['**/*.test.ts'],
    globalSetup: [join(import.meta.dirname, '../../src/testing/postgres-setup.ts')],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    // Each file starts servers of its own, so two at a time fill two cores.
    maxWorkers: 2,
  },
});
