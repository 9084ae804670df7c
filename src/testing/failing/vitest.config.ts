import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: import.meta.dirname,
  test: {
    include: ['fails.spec.ts'],
    globalSetup: [join(import.meta.dirname, '../postgres-setup.ts')],
  },
});
