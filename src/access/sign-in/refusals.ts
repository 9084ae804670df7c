import { MlflowError } from '../../errors.js';

const HOW =
  'Set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN, ' +
  'or sign in on the web page /signin';

/**
 * What a 401 asks for. A browser that got `Basic` for a request of a page's script would ask for
 * a password in a window of its own, so what browsers mark as theirs gets `Bearer`.
 */
type Challenge = 'Basic' | 'Bearer';

const refusal = (message: string, challenge: Challenge = 'Basic', retryAfter?: number) =>
  new MlflowError('UNAUTHENTICATED', message, {
    headers: {
      'WWW-Authenticate': `${challenge} realm="mlflow"`,
      ...(retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) }),
    },
  });

/** The request says nothing of who sends it. */
export const notSignedIn = (challenge?: Challenge): MlflowError =>
  refusal(`You are not signed in. ${HOW}.`, challenge);

/** A user's name and password that don't belong together; which of them is wrong is not said. */
export const wrongPassword = (): MlflowError => refusal('The user name or the password is wrong');

/** A token, a session or a JWT that is unknown, revoked or expired. */
export const notValid = (what: string, challenge?: Challenge): MlflowError =>
  refusal(`The ${what} is not valid: it is unknown, expired or revoked`, challenge);

/** The header can't be read, or could be read in two ways. */
export const unreadable = (reason: string): MlflowError =>
  refusal(`The Authorization header can't be read: ${reason}`);

/**
 * Too many failures. It is no 429, which MLflow's clients would repeat for minutes.
 *
 * @param wait milliseconds
 */
export function lockedOut(wait: number): MlflowError {
  const seconds = Math.max(1, Math.ceil(wait / 1_000));
  const message = `Too many sign-ins have failed; try again in ${seconds} seconds`;
  return refusal(message, 'Basic', seconds);
}

/** What a session's cookie came along with, but no page of ours has asked for. */
export const foreignPage = (): MlflowError =>
  new MlflowError(
    'PERMISSION_DENIED',
    'What the cookie of a session is to open must be asked for by a page of this server',
  );
