import { createHmac } from 'node:crypto';
import { printLikePython } from '../platform/python-json.js';
import type { WebhookEvent } from './events.js';

/**
 * @param workspace of the model; undefined where there are no workspaces
 * @returns the body that a receiver gets, as MLflow prints it
 */
export const bodyOf = (
  { entity, action }: WebhookEvent,
  data: Readonly<Record<string, unknown>>,
  now: number,
  workspace?: string,
): string =>
  printLikePython({
    ...{ entity, action, timestamp: isoTime(now), data },
    ...(workspace === undefined ? {} : { workspace }),
  });

/** As Python prints a time with its zone, in microseconds. */
const isoTime = (now: number): string => new Date(now).toISOString().replace('Z', '000+00:00');

/**
 * The headers of one attempt.
 *
 * @param secret signs the body; undefined where the webhook has none
 */
export function headersOf(
  deliveryId: string,
  body: string,
  secret: string | undefined,
  now: number,
): Record<string, string> {
  const timestamp = String(Math.floor(now / 1_000));
  const headers = {
    'Content-Type': 'application/json',
    'X-MLflow-Delivery-Id': deliveryId,
    'X-MLflow-Timestamp': timestamp,
  };
  if (secret === undefined) return headers;
  const signed = createHmac('sha256', secret).update(`${deliveryId}.${timestamp}.${body}`);
  return { ...headers, 'X-MLflow-Signature': `v1,${signed.digest('base64')}` };
}
