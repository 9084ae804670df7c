import { STATUS_CODES } from 'node:http';
import { MlflowError } from '../../errors.js';
import { requestIdOf } from './request-id.js';

/** Says in MLflow's errors why bytes on a connection are no request, by Node's code for it. */
export function explainRefusal(code: string | undefined): MlflowError {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return refusal(431, 'The address and headers of the request are too large');
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return refusal(413, 'The chunk extensions of the request are too large');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return refusal(408, 'The headers of the request did not come in time');
    default:
      return refusal(400, 'The request is not valid HTTP');
  }
}

/** An answer to be written where there is no request to answer; it ends the connection. */
export function rawAnswer(error: MlflowError): string {
  const text = JSON.stringify(error);
  return [
    `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status] ?? ''}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(text)}`,
    `X-Request-Id: ${requestIdOf(undefined)}`,
    'Connection: close',
    '',
    text,
  ].join('\r\n');
}

const refusal = (status: number, message: string): MlflowError =>
  new MlflowError('BAD_REQUEST', message, { status });
