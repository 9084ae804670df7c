import type { Channel } from './subscriptions.js';
import type { SubscriptionValues } from './subscriptions.store.js';

/** @returns how an entry of the audit log about a subscription begins */
export const deedOf = (verb: string, id: string) => ({
  action: `subscription.${verb}`,
  object: { kind: 'subscription', id },
});

/** A subscription without its secrets. */
export const toldOf = (
  channel: Channel,
  {
    modelPattern,
    status,
    url,
    recipients,
    description,
    settings,
  }: Pick<
    SubscriptionValues,
    'modelPattern' | 'status' | 'url' | 'recipients' | 'description' | 'settings'
  >,
  events: readonly string[],
) => ({
  ...{ channel, model_pattern: modelPattern, status, description, recipients },
  ...{ url: url === null ? (settings.host ?? null) : withoutPassword(url), events },
});

/** A URL with the password of basic authentication is shown without it. */
export function withoutPassword(url: string): string {
  if (!URL.canParse(url)) return url;
  const parsed = new URL(url);
  if (parsed.username === '' && parsed.password === '') return url;
  parsed.username = '***';
  parsed.password = '';
  return parsed.href;
}
