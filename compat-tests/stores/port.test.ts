/** Every store does what the port asks of it; src/artifacts holds the local folder to the same. */
import { inject } from 'vitest';
import { ObjectStore } from '../../src/artifacts/backends/object-store.js';
import { openBucket } from '../../src/artifacts/backends/open-bucket.js';
import { objectLocation } from '../../src/artifacts/object-location.js';
import { backendContract } from '../../src/artifacts/testing/backend-contract.js';
import { rawSettings } from '../../src/platform/config/flags.js';
import { storeConfig } from '../../src/platform/config/store-config.js';

for (const { name, environment, bucket } of [inject('stores').s3, inject('stores').gcs]) {
  backendContract(name, async () => {
    const location = objectLocation(`${bucket}/port`);
    if (location === undefined) throw new Error(`${bucket} is no location`);
    const stores = storeConfig(rawSettings({}, environment));
    return new ObjectStore(openBucket(location, stores), location.path, 7);
  });
}
