import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [...['src', 'migrations', 'bench', 'web'].map((folder) => `${folder}/**/*.test.ts`)],
    globalSetup: ['src/testing/postgres-setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Two cores: more workers would only wait for each other and for PostgreSQL.
    maxWorkers: 2,
    // No module of ours keeps anything, so files share them: loading all anew for each costs half the time.
    isolate: false,
  },
});
