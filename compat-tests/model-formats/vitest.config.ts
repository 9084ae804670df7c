import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: import.meta.dirname,
  cacheDir: '../../node_modules/.vite/model-formats',
  test: {
    include: ['*.test.ts'],
    globalSetup: [join(import.meta.dirname, '../../src/testing/postgres-setup.ts')],
    testTimeout: 120_000,
    hookTimeout: 300_000,
  },
});
