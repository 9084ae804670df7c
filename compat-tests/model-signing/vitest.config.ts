import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: import.meta.dirname,
  cacheDir: '../../node_modules/.vite/model-signing',
  test: { include: ['*.test.ts'], testTimeout: 60_000, hookTimeout: 300_000 },
});
