import { describe, expect, it } from 'vitest';
import { rawSettings } from './flags.js';
import { storeConfig } from './store-config.js';

const from = (environment: Readonly<Record<string, string>>) =>
  storeConfig(rawSettings({}, environment));

describe('settings of object stores', () => {
  it('leave to the libraries what nobody says', () => {
    expect(from({})).toEqual({
      s3: {
        ...{ endpoint: undefined, region: 'us-east-1', keys: undefined, pathStyle: false },
        ...{ ignoreTls: false, bucketOwner: undefined, uploadArgs: {} },
      },
      gcs: { endpoint: undefined, keyFile: undefined, project: undefined },
      azure: { connectionString: undefined, accessKey: undefined },
      downloadUrlSeconds: 300,
    });
  });

  it('are the variables that MLflow and the tools of the stores read', () => {
    const { s3, gcs, azure } = from({
      MLFLOW_S3_ENDPOINT_URL: 'http://minio:9000/',
      AWS_ACCESS_KEY_ID: 'id',
      AWS_SECRET_ACCESS_KEY: 'key',
      AWS_DEFAULT_REGION: 'eu-central-1',
      MLFLOW_S3_UPLOAD_EXTRA_ARGS: '{"ServerSideEncryption": "AES256"}',
      STORAGE_EMULATOR_HOST: '127.0.0.1:9023',
      GOOGLE_APPLICATION_CREDENTIALS: '/run/key.json',
      AZURE_STORAGE_ACCESS_KEY: 'secret',
    });
    expect(s3).toMatchObject({
      ...{ endpoint: 'http://minio:9000', region: 'eu-central-1', pathStyle: true },
      keys: { accessKeyId: 'id', secretAccessKey: 'key', sessionToken: undefined },
      uploadArgs: { ServerSideEncryption: 'AES256' },
    });
    expect(gcs).toMatchObject({ endpoint: 'http://127.0.0.1:9023', keyFile: '/run/key.json' });
    expect(azure.accessKey).toBe('secret');
    expect(from({ MLFLOW_BOTO_CLIENT_ADDRESSING_STYLE: 'path' }).s3.pathStyle).toBe(true);
  });

  it.each([
    ['MLFLOW_S3_ENDPOINT_URL', 'minio:9000'],
    ['MLFLOW_S3_ENDPOINT_URL', 'ftp://minio'],
    ['MLFLOW_S3_UPLOAD_EXTRA_ARGS', '{'],
    ['MLFLOW_S3_UPLOAD_EXTRA_ARGS', '["ACL"]'],
    ['MLFLOW_S3_UPLOAD_EXTRA_ARGS', '{"Bucket": "other"}'],
    ['MLFLOW_S3_UPLOAD_EXTRA_ARGS', '{"Metadata": {}}'],
    ['MLFLOW_BOTO_CLIENT_ADDRESSING_STYLE', 'none'],
    ['MLFLOW_PRESIGNED_DOWNLOAD_URL_TTL_SECONDS', '604801'],
    ['MLFLOW_S3_IGNORE_TLS', 'perhaps'],
  ])('are refused in one sentence: %s=%s', (name, value) => {
    expect(() => from({ [name]: value })).toThrow(name);
  });
});
