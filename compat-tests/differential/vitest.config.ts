import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Searches need the seeded data untouched; hostile requests come last. */
const ORDER = ['searches/', 'requests/', 'bad-input/'];

class InOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) =>
      `${ORDER.findIndex((part) => moduleId.includes(part))} ${moduleId}`;
    return files.toSorted((one, other) => (place(one) < place(other) ? -1 : 1));
  }
}

export default defineConfig({
  root: import.meta.dirname,
  cacheDir: '../../node_modules/.vite/differential',
  test: {
    include: ['**/*.test.ts'],
    globalSetup: ['support/setup.ts'],
    sequence: { sequencer: InOrder },
    fileParallelism: false,
    maxWorkers: 1,
    testTimeout: 60_000,
    hookTimeout: 300_000,
  },
});
