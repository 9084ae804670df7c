import { MlflowError } from '../../../errors.js';

/** @returns the code and message that a call is refused with */
export function refusal(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (error instanceof MlflowError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'accepted';
}
