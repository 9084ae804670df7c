import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: import.meta.dirname,
  cacheDir: '../../node_modules/.vite/web-tests',
  test: {
    include: ['**/*.test.ts'],
    globalSetup: ['support/setup.ts', 'support/setup-governed.ts'],
    // One server and one browser at a time: two cores have enough to do with those.
    fileParallelism: false,
    maxWorkers: 1,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    teardownTimeout: 60_000,
  },
});
