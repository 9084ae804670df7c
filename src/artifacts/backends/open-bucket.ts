import type { StoreConfig } from '../../platform/config/store-config.js';
import type { ObjectLocation } from '../object-location.js';
import { AzureContainer } from './azure.js';
import type { Bucket } from './bucket.js';
import { GcsBucket } from './gcs.js';
import { S3Bucket } from './s3.js';

/** The bucket of a location that the operator has chosen. Nothing is connected to yet. */
export function openBucket({ kind, bucket, host }: ObjectLocation, stores: StoreConfig): Bucket {
  switch (kind) {
    case 's3':
      return new S3Bucket(bucket, stores.s3);
    case 'gcs':
      return new GcsBucket(bucket, stores.gcs);
    case 'azure':
      return new AzureContainer(bucket, host, stores.azure);
  }
}
