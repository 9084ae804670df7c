import { explained, flag, integer, oneOf } from './values.js';

/** How object stores are reached. What is left out here the stores' libraries find themselves. */
export interface StoreConfig {
  readonly s3: S3Config;
  readonly gcs: GcsConfig;
  readonly azure: AzureConfig;
  /** Seconds that a signed URL to download from holds if the client does not say. */
  readonly downloadUrlSeconds: number;
}

export interface S3Config {
  /** Of a store that is compatible with Amazon's; undefined for Amazon's own. */
  readonly endpoint: string | undefined;
  readonly region: string;
  /** Undefined for the usual chain: profiles, web identity, the metadata of the machine. */
  readonly keys: S3Keys | undefined;
  /** The bucket in the path of a URL and not in its host. */
  readonly pathStyle: boolean;
  /** Takes any certificate of the endpoint. */
  readonly ignoreTls: boolean;
  /** The account that must own the bucket. */
  readonly bucketOwner: string | undefined;
  /** More parameters of each upload, such as `ServerSideEncryption`. */
  readonly uploadArgs: Readonly<Record<string, string>>;
}

export interface S3Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
}

export interface GcsConfig {
  /** Of an emulator; undefined for Google's own. */
  readonly endpoint: string | undefined;
  /** The file of a service account; undefined for the usual chain. */
  readonly keyFile: string | undefined;
  readonly project: string | undefined;
}

export interface AzureConfig {
  readonly connectionString: string | undefined;
  readonly accessKey: string | undefined;
}

export interface RawStores {
  readonly s3Endpoint?: string;
  readonly awsS3Endpoint?: string;
  readonly awsEndpoint?: string;
  readonly awsRegion?: string;
  readonly awsDefaultRegion?: string;
  readonly awsAccessKeyId?: string;
  readonly awsSecretAccessKey?: string;
  readonly awsSessionToken?: string;
  readonly s3AddressingStyle?: string;
  readonly s3IgnoreTls?: string;
  readonly s3BucketOwner?: string;
  readonly s3UploadArgs?: string;
  readonly gcsEndpoint?: string;
  readonly gcsKeyFile?: string;
  readonly gcsProject?: string;
  readonly azureConnectionString?: string;
  readonly azureAccessKey?: string;
  readonly downloadUrlSeconds?: string;
}

/** The variables that MLflow and the stores' own tools read. */
export const STORE_ENVIRONMENT = {
  s3Endpoint: 'MLFLOW_S3_ENDPOINT_URL',
  awsS3Endpoint: 'AWS_ENDPOINT_URL_S3',
  awsEndpoint: 'AWS_ENDPOINT_URL',
  awsRegion: 'AWS_REGION',
  awsDefaultRegion: 'AWS_DEFAULT_REGION',
  awsAccessKeyId: 'AWS_ACCESS_KEY_ID',
  awsSecretAccessKey: 'AWS_SECRET_ACCESS_KEY',
  awsSessionToken: 'AWS_SESSION_TOKEN',
  s3AddressingStyle: 'MLFLOW_BOTO_CLIENT_ADDRESSING_STYLE',
  s3IgnoreTls: 'MLFLOW_S3_IGNORE_TLS',
  s3BucketOwner: 'MLFLOW_S3_EXPECTED_BUCKET_OWNER',
  s3UploadArgs: 'MLFLOW_S3_UPLOAD_EXTRA_ARGS',
  gcsEndpoint: 'STORAGE_EMULATOR_HOST',
  gcsKeyFile: 'GOOGLE_APPLICATION_CREDENTIALS',
  gcsProject: 'GOOGLE_CLOUD_PROJECT',
  azureConnectionString: 'AZURE_STORAGE_CONNECTION_STRING',
  azureAccessKey: 'AZURE_STORAGE_ACCESS_KEY',
  downloadUrlSeconds: 'MLFLOW_PRESIGNED_DOWNLOAD_URL_TTL_SECONDS',
} as const;

/** The longest that any of the stores lets a signed URL hold: seven days. */
export const LONGEST_URL_SECONDS = 604_800;

/** @throws Error with one sentence for the user */
export function storeConfig(raw: RawStores): StoreConfig {
  const ttl = 'MLFLOW_PRESIGNED_DOWNLOAD_URL_TTL_SECONDS';
  return {
    s3: s3Config(raw),
    gcs: {
      endpoint: endpoint('STORAGE_EMULATOR_HOST', withScheme(raw.gcsEndpoint)),
      keyFile: raw.gcsKeyFile,
      project: raw.gcsProject,
    },
    azure: { connectionString: raw.azureConnectionString, accessKey: raw.azureAccessKey },
    downloadUrlSeconds: integer(ttl, raw.downloadUrlSeconds, 300, 1, LONGEST_URL_SECONDS),
  };
}

function s3Config(raw: RawStores): S3Config {
  const { awsAccessKeyId: accessKeyId, awsSecretAccessKey: secretAccessKey } = raw;
  const given =
    endpoint('MLFLOW_S3_ENDPOINT_URL', raw.s3Endpoint) ??
    endpoint('AWS_ENDPOINT_URL_S3', raw.awsS3Endpoint) ??
    endpoint('AWS_ENDPOINT_URL', raw.awsEndpoint);
  const style = oneOf(
    'MLFLOW_BOTO_CLIENT_ADDRESSING_STYLE',
    raw.s3AddressingStyle,
    ['auto', 'path', 'virtual'],
    'auto',
  );
  return {
    endpoint: given,
    region: raw.awsRegion ?? raw.awsDefaultRegion ?? 'us-east-1',
    keys:
      accessKeyId === undefined || secretAccessKey === undefined
        ? undefined
        : { accessKeyId, secretAccessKey, sessionToken: raw.awsSessionToken },
    // What a host of one's own is called, its buckets seldom are.
    pathStyle: style === 'path' || (style === 'auto' && given !== undefined),
    ignoreTls: flag('MLFLOW_S3_IGNORE_TLS', raw.s3IgnoreTls, false),
    bucketOwner: raw.s3BucketOwner,
    uploadArgs: explained('MLFLOW_S3_UPLOAD_EXTRA_ARGS', () => uploadArgs(raw.s3UploadArgs)),
  };
}

/** What the server itself decides of an upload. */
const OWN_ARGS = /^(?:Bucket|Key|Body|Content(?:Length|MD5)|UploadId|PartNumber|Checksum.*)$/;

function uploadArgs(text: string | undefined): Readonly<Record<string, string>> {
  if (text === undefined) return {};
  const args: unknown = JSON.parse(text);
  if (typeof args !== 'object' || args === null || Array.isArray(args)) {
    throw new Error('it must be a JSON object of parameters and their texts');
  }
  for (const [name, value] of Object.entries(args)) {
    if (typeof value !== 'string' || !/^[A-Z]\w*$/.test(name) || OWN_ARGS.test(name)) {
      throw new Error(`it can't hold '${name}'`);
    }
  }
  return args as Record<string, string>;
}

const withScheme = (host: string | undefined): string | undefined =>
  host === undefined || /^https?:\/\//i.test(host) ? host : `http://${host}`;

function endpoint(name: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol)) return text.replace(/\/+$/, '');
  throw new Error(`${name} must be the address of a store, such as http://127.0.0.1:9000`);
}
