import { invalidRequest } from '../errors.js';

const DEFAULT_SIZE = 100;
const MAX_SIZE = 50_000;

/** @throws MlflowError 400 in the words of the lists of label schemas and review queues */
export function checkPageSize(size = DEFAULT_SIZE): number {
  if (size >= 1 && size <= MAX_SIZE) return size;
  throw invalidRequest(`max_results must be between 1 and ${MAX_SIZE}.`);
}
