import { invalidParameter, MlflowError, unavailable } from '../../errors.js';
import { hasCode } from '../../platform/error-code.js';

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined;

/** There is nothing at this path, or a file where a folder of it should be. */
export const isMissing = (error: unknown): boolean => hasCode(error, 'ENOENT', 'ENOTDIR');

/** 400: a file can't be where a folder is. */
export const folderNotFile = (path: string): MlflowError =>
  invalidParameter(`Artifact path refers to a directory, not a file: '${path}'`);

/** 400: a folder can't be where a file is. */
export const underFile = (path: string): MlflowError =>
  invalidParameter(`A part of the artifact path '${path}' is a file, not a directory`);

/**
 * Says in MLflow's errors what the file system refused. Errors that it has no words for come
 * back as they are and end as a 500 with their cause in the log.
 *
 * @param path as the client knows it
 */
export function fileError(error: unknown, path: string): unknown {
  switch (codeOf(error)) {
    case 'EISDIR':
    case 'ENOTEMPTY':
      return folderNotFile(path);
    case 'EEXIST':
    case 'ENOTDIR':
      return underFile(path);
    case 'ENAMETOOLONG':
    case 'EINVAL':
    case 'ENXIO':
    case 'EILSEQ':
    case 'ELOOP':
      return invalidParameter('Invalid path');
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new MlflowError(
        'PERMISSION_DENIED',
        `The server may not access the artifact path '${path}'`,
        { cause: error },
      );
    case 'ENOSPC':
    case 'EDQUOT':
      // Clients repeat a 503 for minutes; a full disk is not over by then.
      return new MlflowError('RESOURCE_EXHAUSTED', 'The artifact storage is full', {
        status: 507,
        cause: error,
      });
    case 'EMFILE':
    case 'ENFILE':
      return unavailable('The server has too many files open', error);
    default:
      return error;
  }
}
