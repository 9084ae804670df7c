import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: import.meta.dirname,
  cacheDir: '../../node_modules/.vite/workspaces',
  test: { include: ['*.test.ts'], testTimeout: 180_000, hookTimeout: 300_000 },
});
