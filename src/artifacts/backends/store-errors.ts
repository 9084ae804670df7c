import {
  invalidParameter,
  MlflowError,
  notFound,
  notImplemented,
  unavailable,
} from '../../errors.js';

/** What the libraries of the stores tell in their errors, each in its own way. */
interface Fault {
  /** Of HTTP; 0 when no answer came. */
  readonly status: number;
  /** The store's own word, such as `NoSuchBucket`. */
  readonly code: string;
  readonly message: string;
}

const NO_BUCKET = /^(?:NoSuchBucket|ContainerNotFound|ContainerBeingDeleted|ResourceNotFound)$/;
const NO_UPLOAD = /^NoSuchUpload$/;
const FULL = /Storage(?:Full|Quota)|QuotaExceeded|InsufficientStorage|XMinioStorageFull/i;
const NO_CREDENTIALS =
  /CredentialsProviderError|CredentialUnavailable|AuthenticationRequired|InvalidAccessKeyId|SignatureDoesNotMatch|InvalidToken|ExpiredToken|invalid_grant/i;
const NO_CREDENTIALS_TEXT =
  /could not load (?:the default )?credentials|no such file.*credential|unable to (?:detect|find) .*credential|ENOENT.*\.json/i;
const REFUSED =
  /^(?:InvalidPart|InvalidPartOrder|EntityTooSmall|EntityTooLarge|InvalidBlockList|InvalidBlobOrBlock|InvalidArgument|InvalidRequest|MalformedXML|BadDigest|Md5Mismatch|InvalidDigest|KeyTooLongError)$/;

/** By these words clients know that they must send the file through the proxy. */
export const UNSUPPORTED = 'Multipart upload is not supported for the current artifact repository';

/** The object is not there, or no longer as it was when it was looked at. */
export const isAbsent = (error: unknown): boolean => {
  const { status, code } = faultOf(error);
  return status === 404 && !NO_BUCKET.test(code);
};

/** Has the store answered with this word of its own? */
export const isRefused = (error: unknown, code: string): boolean => faultOf(error).code === code;

/** @returns the status of the store's answer; 0 when none came */
export const statusOf = (error: unknown): number => faultOf(error).status;

/** Would the same request fail the same way again? */
export const isFinal = (error: unknown): boolean => {
  const { status } = faultOf(error);
  return status >= 400 && status < 500 && status !== 408 && status !== 429;
};

/**
 * Says in MLflow's errors what an object store refused. Whatever it was, it is no 500: a store is
 * a service of its own, and who operates the server learns which of its answers it was.
 *
 * @param bucket as messages call it
 */
export function storeError(error: unknown, bucket: string): MlflowError {
  if (error instanceof MlflowError) return error;
  const { status, code, message } = faultOf(error);
  const what = `The artifact storage '${bucket}'`;
  // Stores that speak as Amazon's or Google's does do not all know all of it.
  if (status === 501) return notImplemented(UNSUPPORTED);
  if (NO_UPLOAD.test(code)) return notFound('There is no such multipart upload');
  // Objects that are not there are no errors, but for those that go while they are read.
  if (NO_BUCKET.test(code) || status === 404) {
    return withCause('RESOURCE_DOES_NOT_EXIST', `${what} does not exist`, error);
  }
  if (NO_CREDENTIALS.test(code) || status === 401 || NO_CREDENTIALS_TEXT.test(message)) {
    return withCause(
      'PERMISSION_DENIED',
      `The server has no valid credentials for ${what.slice(4)}`,
      error,
    );
  }
  if (FULL.test(code) || status === 507) {
    return new MlflowError('RESOURCE_EXHAUSTED', `${what} is full`, { status: 507, cause: error });
  }
  if (status === 403) {
    return withCause('PERMISSION_DENIED', `${what} denies the server this access`, error);
  }
  if (status === 412) return new FileReplaced(error);
  if (REFUSED.test(code)) return invalidParameter(`${what} refused the request: ${code}`);
  if (status === 301 || status === 307) {
    return withCause('INVALID_PARAMETER_VALUE', `${what} is in another region`, error);
  }
  return unavailable(`${what} does not answer`, error);
}

/** A file has changed since it was opened: whoever asks for it anew gets what it is now. */
export class FileReplaced extends MlflowError {
  constructor(cause: unknown) {
    super('TEMPORARILY_UNAVAILABLE', 'The file was replaced or deleted meanwhile', {
      headers: { 'Retry-After': '1' },
      cause,
    });
  }
}

const withCause = (
  code: 'RESOURCE_DOES_NOT_EXIST' | 'PERMISSION_DENIED' | 'INVALID_PARAMETER_VALUE',
  message: string,
  cause: unknown,
): MlflowError => new MlflowError(code, message, { cause });

function faultOf(error: unknown): Fault {
  if (typeof error !== 'object' || error === null) return { status: 0, code: '', message: '' };
  const said = error as Record<string, unknown>;
  const metadata = said.$metadata as { httpStatusCode?: number } | undefined;
  const response = said.response as { status?: number } | undefined;
  const status = [
    metadata?.httpStatusCode,
    said.statusCode,
    said.code,
    said.status,
    response?.status,
  ]
    .map(Number)
    .find((number) => number >= 300 && number < 600);
  const code = [said.Code, said.code, said.name].find(
    (word) => typeof word === 'string' && word !== '' && !/^\d+$/.test(word) && word !== 'Error',
  );
  return { status: status ?? 0, code: String(code ?? ''), message: String(said.message ?? '') };
}
