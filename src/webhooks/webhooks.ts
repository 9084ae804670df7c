import { invalidParameter, type MlflowError, notFound } from '../errors.js';
import { checkLength } from '../platform/rules/names.js';
import type { WebhookEvent } from './events.js';

export type WebhookStatus = 'ACTIVE' | 'DISABLED';

/** A webhook as everybody may see it; times in ms since the epoch. */
export interface Webhook {
  readonly webhook_id: string;
  readonly name: string;
  readonly description: string | null;
  readonly url: string;
  readonly events: readonly WebhookEvent[];
  readonly status: WebhookStatus;
  readonly creation_timestamp: number;
  readonly last_updated_timestamp: number;
}

const NAME = /^[a-z0-9](?:[a-z0-9._-]{0,61}[a-z0-9])?$/i;
const MAX_DESCRIPTION = 5_000;
const MAX_SECRET = 4_096;

/** @throws MlflowError 400 in MLflow's wording */
export function checkName(name: string): void {
  if (NAME.test(name)) return;
  throw invalidParameter(
    `Webhook name '${name}' is invalid. It must start and end with a letter or digit, be less ` +
      'than 63 characters long, and contain only letters, digits, dots (.), underscores (_), and ' +
      'hyphens (-).',
  );
}

/** @throws MlflowError 400 */
export const checkDescription = (text: string): void =>
  checkLength(text, 'description', MAX_DESCRIPTION);

/** @throws MlflowError 400 */
export const checkSecret = (text: string): void => checkLength(text, 'secret', MAX_SECRET);

/** @throws MlflowError 400 in MLflow's wording */
export function requireEvents(events: readonly unknown[]): void {
  if (events.length > 0) return;
  throw invalidParameter('Webhook events must be a non-empty list of WebhookEvent objects: [].');
}

export const noWebhook = (id: string): MlflowError => notFound(`Webhook with ID ${id} not found.`);
