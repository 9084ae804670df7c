import { invalidParameter, MlflowError, notFound } from '../errors.js';

/** MLflow says some of the proxy's errors in a `detail` alone; ours have both forms. */
class DetailedError extends MlflowError {
  override toJSON(): Record<string, string> {
    return { ...super.toJSON(), detail: this.message };
  }
}

export const noSuchArtifact = (path: string): MlflowError =>
  notFound(`No such artifact: '${path}'`);

export const isDirectory = (path: string): MlflowError =>
  new DetailedError(
    'INVALID_PARAMETER_VALUE',
    `Artifact path refers to a directory, not a file: '${path}'`,
  );

export const noFileName = (): MlflowError =>
  new DetailedError(
    'INVALID_PARAMETER_VALUE',
    "Artifact path must include a filename (cannot end with '/').",
  );

export const tooLarge = (): MlflowError =>
  invalidParameter('Artifact size is too large. Max size is 10MB.');

/** 503 of the routes of single files, while artifact serving is off. */
export const servingOff = (): MlflowError =>
  new DetailedError(
    'TEMPORARILY_UNAVAILABLE',
    'Artifact serving is disabled. Run `mlflow server` with `--serve-artifacts` to enable.',
  );

/** 503 of the other routes of the proxy, while artifact serving is off. */
export const endpointOff = (route: string): MlflowError =>
  new MlflowError(
    'TEMPORARILY_UNAVAILABLE',
    `Endpoint: /api/2.0/mlflow-artifacts/${route} disabled due to the mlflow server running ` +
      'with `--no-serve-artifacts`. To enable artifacts server functionality, run ' +
      '`mlflow server` with `--serve-artifacts`',
  );
