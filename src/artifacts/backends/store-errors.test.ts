import { describe, expect, it } from 'vitest';
import { invalidParameter } from '../../errors.js';
import { isAbsent, isFinal, storeError } from './store-errors.js';

const ofS3 = (name: string, httpStatusCode: number) =>
  Object.assign(new Error('said by S3'), { name, Code: name, $metadata: { httpStatusCode } });
const ofGcs = (code: number, message: string) => Object.assign(new Error(message), { code });
const ofAzure = (code: string, statusCode: number) =>
  Object.assign(new Error('said by Azure'), { name: 'RestError', code, statusCode });
const ofSystem = (code: string) => Object.assign(new Error('connect'), { code });

describe('what an object store refuses', () => {
  it.each([
    [ofS3('NoSuchBucket', 404), 404, 'RESOURCE_DOES_NOT_EXIST'],
    [ofGcs(404, 'The specified bucket does not exist.'), 404, 'RESOURCE_DOES_NOT_EXIST'],
    [ofAzure('ContainerNotFound', 404), 404, 'RESOURCE_DOES_NOT_EXIST'],
    [ofS3('NoSuchUpload', 404), 404, 'RESOURCE_DOES_NOT_EXIST'],
    [ofS3('AccessDenied', 403), 403, 'PERMISSION_DENIED'],
    [ofGcs(403, 'Forbidden'), 403, 'PERMISSION_DENIED'],
    [ofAzure('AuthorizationFailure', 403), 403, 'PERMISSION_DENIED'],
    [ofS3('InvalidAccessKeyId', 403), 403, 'PERMISSION_DENIED'],
    [ofGcs(401, 'Invalid Credentials'), 403, 'PERMISSION_DENIED'],
    [ofS3('CredentialsProviderError', 0), 403, 'PERMISSION_DENIED'],
    [new Error('Could not load the default credentials.'), 403, 'PERMISSION_DENIED'],
    [ofS3('EntityTooSmall', 400), 400, 'INVALID_PARAMETER_VALUE'],
    [ofAzure('InvalidBlockList', 400), 400, 'INVALID_PARAMETER_VALUE'],
    [ofS3('PermanentRedirect', 301), 400, 'INVALID_PARAMETER_VALUE'],
    [ofS3('XMinioStorageFull', 507), 507, 'RESOURCE_EXHAUSTED'],
    [ofS3('NotImplemented', 501), 501, 'NOT_IMPLEMENTED'],
  ])('is an answer of the 4xx or what the store itself says: %s', (error, status, code) => {
    expect(storeError(error, 's3://bucket')).toMatchObject({ status, code });
  });

  it.each([
    [ofS3('SlowDown', 503)],
    [ofS3('InternalError', 500)],
    [ofGcs(429, 'Too many')],
    [ofAzure('ServerBusy', 503)],
    [ofAzure('OperationTimedOut', 500)],
    [ofSystem('ECONNREFUSED')],
    [ofSystem('ETIMEDOUT')],
    [ofS3('TimeoutError', 0)],
    [ofS3('PreconditionFailed', 412)],
    [new Error('what nobody has thought of')],
    ['no error at all'],
  ])('is for a moment, and never a 500: %s', (error) => {
    expect(storeError(error, 's3://bucket')).toMatchObject({
      status: 503,
      headers: { 'Retry-After': '1' },
    });
  });

  it('tells the client nothing of what the store says', () => {
    const error = ofS3('AccessDenied', 403);
    expect(storeError(error, 's3://bucket').message).not.toContain('said by');
    expect(storeError(error, 's3://bucket').cause).toBe(error);
  });

  it('is left alone where it is an answer already', () => {
    const refusal = invalidParameter('no');
    expect(storeError(refusal, 's3://bucket')).toBe(refusal);
  });

  it('is told from what is not there, and from what may go another time', () => {
    expect(isAbsent(ofS3('NotFound', 404))).toBe(true);
    expect(isAbsent(ofAzure('BlobNotFound', 404))).toBe(true);
    expect(isAbsent(ofS3('NoSuchBucket', 404))).toBe(false);
    expect(isFinal(ofS3('AccessDenied', 403))).toBe(true);
    expect(isFinal(ofGcs(429, 'Too many'))).toBe(false);
    expect(isFinal(ofSystem('ECONNRESET'))).toBe(false);
  });
});
