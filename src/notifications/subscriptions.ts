import { invalidParameter, type MlflowError, notFound } from '../errors.js';
import { EVENT_KINDS } from '../governance/events/governance-events.js';
import { matchesGlob } from '../governance/policy/glob.js';
import { checkLength } from '../platform/rules/names.js';
import { ALL_TOPICS, DATABRICKS_EVENTS } from './topics.js';

export const CHANNELS = ['webhook', 'slack', 'email', 'cloudevents'] as const;
/** `databricks` is a registry webhook, which has an API of its own. */
export type Channel = (typeof CHANNELS)[number] | 'databricks';

export const STATUSES = ['ACTIVE', 'DISABLED', 'TEST_MODE'] as const;
export type SubscriptionStatus = (typeof STATUSES)[number];

export const PREFERENCES = ['ALL_EVENTS', 'SUBSCRIBED', 'UNSUBSCRIBED'] as const;
export type Preference = (typeof PREFERENCES)[number];

/** What may be seen of how something is sent. */
export interface Settings {
  readonly verifyTls: boolean;
  readonly hasSecret: boolean;
  readonly hasAuthorization: boolean;
  /** What can be shown of an address that is a secret itself. */
  readonly host?: string | undefined;
}

/** What nobody is ever shown. */
export interface Secrets {
  readonly secret?: string | undefined;
  readonly authorization?: string | undefined;
  /** Where the address itself is a secret. */
  readonly url?: string | undefined;
}

/** That somebody wants to be told; times in ms since the epoch. */
export interface Subscription {
  /** The key of the row. */
  readonly key: number;
  readonly id: string;
  /** Where the models lie that it is about. */
  readonly workspace: string;
  readonly channel: Channel;
  readonly owner: string;
  readonly ownerId: number | null;
  readonly description: string;
  readonly modelPattern: string;
  readonly preference: Preference | null;
  readonly status: SubscriptionStatus;
  readonly url: string | null;
  readonly recipients: readonly string[];
  readonly settings: Settings;
  /** Encrypted {@link Secrets}. */
  readonly sealed: string | null;
  readonly events: readonly string[];
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** Patterns and e-mail addresses are compared with each event: there must be some limit. */
const MAX_PATTERN = 250;
const MAX_DESCRIPTION = 5_000;
const MAX_SECRET = 4_096;
const MAX_RECIPIENTS = 50;
/** An address as people have it: no quotes, no comments, no controls. */
const ADDRESS =
  /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$/;
const SECRET_PREFIX = 'whsec_';

/** A pattern without these is the name of one model. */
export const isGlob = (pattern: string): boolean => /[*?]/.test(pattern);

/** @returns what a subscription is looked up by: a model, or `*` for whatever has to be compared */
export function modelKeyOf(channel: Channel, pattern: string): string {
  if (channel === 'databricks') return pattern === '' ? ALL_TOPICS : pattern;
  return isGlob(pattern) ? ALL_TOPICS : pattern;
}

/** @returns whether a subscription is about a model; registry webhooks name one, or none for all */
export function isAbout(channel: Channel, pattern: string, model: string): boolean {
  if (channel === 'databricks') return pattern === '' || pattern === model;
  return matchesGlob(pattern, model);
}

/** @throws MlflowError 400 */
export function checkPattern(pattern: string): void {
  if (pattern === '')
    throw invalidParameter("'model_pattern' can not be empty; '*' is all models.");
  checkLength(pattern, 'model_pattern', MAX_PATTERN);
}

/** @throws MlflowError 400 for an event that there is none of */
export function checkEvents(events: readonly string[]): void {
  const known: readonly string[] = [ALL_TOPICS, ...EVENT_KINDS];
  requireKnown(events, known);
}

/** @throws MlflowError 400 for an event that registry webhooks don't know */
export function checkDatabricksEvents(events: readonly string[], model: string): void {
  requireKnown(events, DATABRICKS_EVENTS);
  if (model === '' || !events.includes('REGISTERED_MODEL_CREATED')) return;
  throw invalidParameter(
    'REGISTERED_MODEL_CREATED is an event of registry-wide webhooks: leave out model_name.',
  );
}

function requireKnown(events: readonly string[], known: readonly string[]): void {
  if (events.length === 0) {
    throw invalidParameter(`'events' needs at least one of: ${known.join(', ')}.`);
  }
  const other = events.find((event) => !known.includes(event));
  if (other !== undefined) {
    throw invalidParameter(
      `There is no event '${other.slice(0, 100)}'. The events are: ${known.join(', ')}.`,
    );
  }
  if (new Set(events).size !== events.length) {
    throw invalidParameter("'events' must not name the same event twice.");
  }
}

/** @throws MlflowError 400 for anything that is no plain address */
export function checkRecipients(recipients: readonly string[]): void {
  if (recipients.length === 0) throw invalidParameter("An e-mail needs 'recipients'.");
  if (recipients.length > MAX_RECIPIENTS) {
    throw invalidParameter(`There may be ${MAX_RECIPIENTS} recipients at most.`);
  }
  for (const address of recipients) {
    if (address.length <= 254 && ADDRESS.test(address)) continue;
    throw invalidParameter(`${JSON.stringify(address.slice(0, 100))} is no e-mail address.`);
  }
}

/** @throws MlflowError 400 */
export const checkDescription = (text: string): void =>
  checkLength(text, 'description', MAX_DESCRIPTION);

/** @throws MlflowError 400 for one that is too long, or would break out of a header */
export function checkSecrets(
  { secret = '', authorization = '' }: Secrets,
  channel: Channel = 'webhook',
): void {
  // Nothing of it would be sent, and who has given it believes that it is.
  if ((secret || authorization) && (channel === 'slack' || channel === 'email')) {
    throw invalidParameter(`The channel ${channel} takes no 'secret' and no 'authorization'.`);
  }
  checkLength(secret, 'secret', MAX_SECRET);
  checkLength(authorization, 'authorization', MAX_SECRET);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
  if (/[\x00-\x1f\x7f]|[^\x00-\xff]/.test(authorization)) {
    throw invalidParameter("'authorization' must be fit for a header: no line breaks or controls.");
  }
  if (!secret.startsWith(SECRET_PREFIX)) return;
  const key = secret.slice(SECRET_PREFIX.length);
  if (/^[A-Za-z0-9+/]+={0,2}$/.test(key)) return;
  throw invalidParameter(`A secret that begins with ${SECRET_PREFIX} goes on in base64.`);
}

/** @returns the bytes that sign: Standard Webhooks writes them in base64 behind a prefix */
export const signingKey = (secret: string): Buffer =>
  secret.startsWith(SECRET_PREFIX)
    ? Buffer.from(secret.slice(SECRET_PREFIX.length), 'base64')
    : Buffer.from(secret);

export const noSubscription = (id: string): MlflowError =>
  notFound(`There is no subscription with the id '${id.slice(0, 64)}'.`);
