import type { IncomingMessage, ServerResponse } from 'node:http';
import { BusyError, MlflowError } from '../../errors.js';
import type { Log } from '../log.js';
import { sparingly } from '../sparingly.js';
import { sendText } from './reply.js';
import { requestIdOf } from './request-id.js';

/** Turns whatever was thrown into MLflow's error JSON. What it was stays in the log. */
export type SendError = (
  error: unknown,
  request: IncomingMessage,
  response: ServerResponse,
) => void;

/** Milliseconds between two lines about requests that are too many. */
const BUSY_LINES = 10_000;

/**
 * @param isUnavailable tells a database that is gone from a fault of ours
 * @param isFull tells that its disk is full
 */
export function errorSender(
  log: Log,
  isUnavailable: (error: unknown) => boolean,
  isFull: (error: unknown) => boolean = () => false,
): SendError {
  const tellBusy = sparingly<BusyError>(BUSY_LINES, ({ message }, leftOut) =>
    log.warn({ reason: message, left_out: leftOut }, 'requests are refused'),
  );
  return (error, request, response) => {
    const shown = toMlflowError(error, isUnavailable, isFull);
    const requestId = requestIdOf(request);
    // Thousands of lines would be more to do for a server that has too much to do.
    if (shown instanceof BusyError) tellBusy(shown);
    else if (shown.status >= 500 && shown.code !== 'NOT_IMPLEMENTED') {
      const { method, url } = request;
      log.error({ err: error, request_id: requestId, method, url }, 'request failed');
    }
    if (response.headersSent || response.destroyed) {
      // Half an answer must not look whole: the client sees the connection break.
      response.destroy();
      return;
    }
    sendText(response, shown.status, 'application/json', JSON.stringify(shown), {
      ...shown.headers,
      'X-Request-Id': requestId,
    });
  };
}

function toMlflowError(
  error: unknown,
  isUnavailable: (error: unknown) => boolean,
  isFull: (error: unknown) => boolean,
): MlflowError {
  if (error instanceof MlflowError) return error;
  if (isFull(error)) {
    return new MlflowError('RESOURCE_EXHAUSTED', 'The disk of the database is full', {
      status: 507,
    });
  }
  if (isUnavailable(error)) {
    return new MlflowError('TEMPORARILY_UNAVAILABLE', 'The database is not available', {
      headers: { 'Retry-After': '1' },
    });
  }
  return new MlflowError('INTERNAL_ERROR', 'The server met an unexpected condition');
}
