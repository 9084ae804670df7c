import { invalidParameter } from '../errors.js';
import { EVENT_KINDS } from '../governance/events/governance-events.js';
import { nextPage, readPage } from '../governance/pages.js';
import type { OperationTable } from '../platform/http/operation.js';
import type { DeliveryService } from './deliveries.service.js';
import { attemptToWire } from './deliveries.wire.js';
import type { PreferenceService } from './email-preferences.service.js';
import { withoutPassword } from './subscription-entry.js';
import {
  CHANNELS,
  PREFERENCES,
  type Preference,
  STATUSES,
  type Subscription,
  type SubscriptionStatus,
} from './subscriptions.js';
import type { SubscriptionService } from './subscriptions.service.js';
import type { SubscriptionStore } from './subscriptions.store.js';
import { ALL_TOPICS } from './topics.js';

type Ids =
  | 'createSubscription'
  | 'listSubscriptions'
  | 'getSubscription'
  | 'updateSubscription'
  | 'deleteSubscription'
  | 'testSubscription'
  | 'setEmailPreference'
  | 'listEmailPreferences'
  | 'deleteEmailPreference';

export interface SubscriptionOperationParts {
  readonly store: SubscriptionStore;
  readonly service: SubscriptionService;
  readonly preferences: PreferenceService;
  readonly deliveries: DeliveryService;
}

/** Who is told of what, over HTTP. Whose a subscription is, the service finds out. */
export function subscriptionOperations(parts: SubscriptionOperationParts): OperationTable<Ids> {
  const { store, service, preferences, deliveries } = parts;
  const rule = { access: 'login', of: 'server' } as const;
  return {
    createSubscription: {
      ...rule,
      handler: async ({ channel, events, model_pattern = '*', ...given }, by) => {
        const made = await service.create(
          oneOf('channel', channel, CHANNELS),
          {
            events,
            modelPattern: model_pattern,
            description: given.description ?? '',
            status: given.status === undefined ? 'ACTIVE' : statusOf(given.status),
            url: given.url ?? '',
            recipients: given.recipients ?? [],
            verifyTls: given.enable_ssl_verification ?? true,
            secret: given.secret,
            authorization: given.authorization,
          },
          by,
        );
        return { subscription: toWire(made) };
      },
    },
    listSubscriptions: {
      ...rule,
      handler: async ({ model_pattern, max_results, page_token }, by) => {
        const { before, limit } = readPage(max_results, page_token);
        const { isAdmin, name } = by.caller;
        const rows = await store.page({
          ...{ isDatabricks: false, owner: isAdmin ? undefined : name, before, limit },
          modelPattern: model_pattern || undefined,
        });
        return { subscriptions: rows.map(toWire), ...nextPage(rows, limit) };
      },
    },
    getSubscription: {
      ...rule,
      handler: async ({ subscription_id }, by) => ({
        subscription: toWire(await service.get(subscription_id, by, false)),
      }),
    },
    updateSubscription: {
      ...rule,
      handler: async ({ subscription_id, ...given }, by) => {
        const change = {
          ...{ description: given.description, events: given.events, url: given.url },
          ...{ recipients: given.recipients, secret: given.secret },
          authorization: given.authorization,
          modelPattern: given.model_pattern,
          verifyTls: given.enable_ssl_verification,
          status: given.status === undefined ? undefined : statusOf(given.status),
        };
        return { subscription: toWire(await service.update(subscription_id, change, by, false)) };
      },
    },
    deleteSubscription: {
      ...rule,
      handler: async ({ subscription_id }, by) => {
        await service.delete(subscription_id, by, false);
        return {};
      },
    },
    testSubscription: {
      ...rule,
      handler: async ({ subscription_id, event }, by) => {
        const found = await service.get(subscription_id, by, false);
        const first = found.events.find((each) => each !== ALL_TOPICS);
        if (event) oneOf('event', event, EVENT_KINDS);
        const topic = event || first || 'model_version.transitioned_stage';
        return { result: attemptToWire(await deliveries.test(found, topic, by)) };
      },
    },
    setEmailPreference: {
      ...rule,
      handler: async ({ model = ALL_TOPICS, preference, address }, by) => {
        const wish = { model, preference: oneOf('preference', preference, PREFERENCES), address };
        return { email_preference: preferenceToWire(await preferences.set(wish, by)) };
      },
    },
    listEmailPreferences: {
      ...rule,
      handler: async ({ max_results, page_token }, by) => {
        const { before, limit } = readPage(max_results, page_token);
        const rows = await store.preferencesPage(by.caller.name, before, limit);
        return { email_preferences: rows.map(preferenceToWire), ...nextPage(rows, limit) };
      },
    },
    deleteEmailPreference: {
      ...rule,
      handler: async ({ model = ALL_TOPICS }, by) => {
        await preferences.delete(model, by);
        return {};
      },
    },
  };
}

/** @throws MlflowError 400 for a text that is none of these */
export function oneOf<Value extends string>(
  name: string,
  text: string,
  values: readonly Value[],
): Value {
  const found = values.find((value) => value === text);
  if (found !== undefined) return found;
  throw invalidParameter(`'${name}' must be one of ${values.join(', ')}.`);
}

export const statusOf = (text: string): SubscriptionStatus => oneOf('status', text, STATUSES);

const toWire = (subscription: Subscription) => {
  const { url, recipients, settings, channel } = subscription;
  return {
    subscription_id: subscription.id,
    channel,
    events: [...subscription.events],
    model_pattern: subscription.modelPattern,
    description: subscription.description,
    status: subscription.status,
    owner: subscription.owner,
    ...(url === null ? {} : { url: withoutPassword(url) }),
    ...(settings.host === undefined ? {} : { url_host: settings.host }),
    ...(channel === 'email' ? { recipients: [...recipients] } : {}),
    enable_ssl_verification: settings.verifyTls,
    has_secret: settings.hasSecret,
    has_authorization: settings.hasAuthorization,
    creation_timestamp: subscription.createdAt,
    last_updated_timestamp: subscription.updatedAt,
  };
};

const preferenceToWire = ({ modelPattern, preference, recipients, updatedAt }: Subscription) => ({
  model: modelPattern,
  preference: (preference ?? 'UNSUBSCRIBED') satisfies Preference,
  address: recipients[0] ?? '',
  last_updated_timestamp: updatedAt,
});
