import type { TestProject } from 'vitest/node';
import { type StoreName, startEmulator } from './emulators.js';

export interface SharedStore {
  readonly name: StoreName;
  readonly environment: Readonly<Record<string, string>>;
  /** The URI of a bucket that is there. */
  readonly bucket: string;
}

declare module 'vitest' {
  export interface ProvidedContext {
    stores: Readonly<Record<StoreName, SharedStore>>;
  }
}

/** One emulator of each store for all test files. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const emulators = await Promise.all(
    (['s3', 'gcs', 'azure'] as const).map((name) => startEmulator(name)),
  );
  const shared = await Promise.all(
    emulators.map(async ({ name, environment, makeBucket }) => {
      return { name, environment, bucket: await makeBucket('artifacts') };
    }),
  );
  const stores = Object.fromEntries(shared.map((store) => [store.name, store]));
  project.provide('stores', stores as Record<StoreName, SharedStore>);
  return async () => {
    await Promise.all(emulators.map((emulator) => emulator.stop()));
  };
}
