import { afterAll, beforeAll } from 'vitest';
import { storeConfig } from '../../platform/config/store-config.js';
import { objectLocation } from '../object-location.js';
import { type RunningAzurite, startAzurite } from '../testing/azurite.js';
import { backendContract } from '../testing/backend-contract.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { LocalFolder } from './local.js';
import { ObjectStore } from './object-store.js';
import { openBucket } from './open-bucket.js';
import { UploadArea } from './upload-area.js';

// The emulators of the other stores are no packages of Node; compat-tests/stores holds them to it.
let azurite: RunningAzurite;
beforeAll(async () => {
  azurite = await startAzurite();
  await azurite.makeContainer('contract');
});
afterAll(() => azurite.stop());

backendContract('a local folder', async () => {
  const top = await temporaryFolder();
  return new LocalFolder({ top, uploads: new UploadArea(top) });
});

backendContract('Azure Blob Storage', async () => {
  const stores = storeConfig({ azureConnectionString: azurite.connectionString });
  const location = objectLocation(`${azurite.uri('contract')}/some/prefix`);
  if (location === undefined) throw new Error('No location');
  return new ObjectStore(openBucket(location, stores), location.path, 7);
});
