import { createHmac } from 'node:crypto';
import type { StoredEvent } from './deliveries.store.js';
import type { Secrets, Subscription } from './subscriptions.js';
import { signingKey } from './subscriptions.js';

/** What is posted to a receiver. */
export interface PostedMessage {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Addressed {
  readonly subscription: Pick<Subscription, 'id' | 'channel'>;
  readonly secrets: Secrets;
  /** Names the message: at each attempt the same. */
  readonly deliveryId: string;
  /** Which of the event's names was asked for. */
  readonly topic: string;
  readonly event: StoredEvent;
  readonly now: number;
}

/** Where an event of this server comes from, for CloudEvents. */
const SOURCE = '/runledger';
const TYPE = 'io.runledger.';

/** @returns what is posted; e-mail is not among it */
export function messageOf(addressed: Addressed): PostedMessage {
  switch (addressed.subscription.channel) {
    case 'databricks':
      return registryWebhook(addressed);
    case 'slack':
      return { headers: namedJson(addressed), body: slackOf(addressed.event) };
    case 'cloudevents':
      return signed(
        addressed,
        'application/cloudevents+json; charset=utf-8',
        cloudEvent(addressed),
      );
    default:
      return signed(addressed, 'application/json', generic(addressed.event));
  }
}

/** A message that comes again is known by its id, whatever the form of its body. */
const namedJson = ({ deliveryId }: Addressed) => ({
  'Content-Type': 'application/json',
  'webhook-id': deliveryId,
});

/** @returns what came of an event for those who read JSON */
const dataOf = ({ model, version, actor, summary, data }: StoredEvent) => ({
  ...data,
  ...(model === null ? {} : { model }),
  ...(version === null ? {} : { version: String(version) }),
  ...(actor === null ? {} : { actor }),
  summary,
});

const isoTime = (time: number): string => new Date(time).toISOString();

const generic = (event: StoredEvent): string =>
  JSON.stringify({ type: event.kind, timestamp: isoTime(event.time), data: dataOf(event) });

function cloudEvent({ event }: Addressed): string {
  const { id, kind, model, version, time } = event;
  const subject =
    model === null
      ? undefined
      : `models/${encodeURIComponent(model)}${version === null ? '' : `/versions/${version}`}`;
  return JSON.stringify({
    specversion: '1.0',
    id,
    source: SOURCE,
    type: `${TYPE}${kind}`,
    subject,
    time: isoTime(time),
    datacontenttype: 'application/json',
    data: dataOf(event),
  });
}

/** Signs as Standard Webhooks do, so that their libraries verify it. */
function signed({ secrets, deliveryId, now }: Addressed, type: string, body: string) {
  const timestamp = String(Math.floor(now / 1_000));
  const { secret, authorization } = secrets;
  const signature =
    secret === undefined
      ? undefined
      : createHmac('sha256', signingKey(secret))
          .update(`${deliveryId}.${timestamp}.${body}`)
          .digest('base64');
  return {
    headers: {
      'Content-Type': type,
      'webhook-id': deliveryId,
      'webhook-timestamp': timestamp,
      ...(signature === undefined ? {} : { 'webhook-signature': `v1,${signature}` }),
      ...(authorization === undefined ? {} : { Authorization: authorization }),
    },
    body,
  };
}

function registryWebhook(addressed: Addressed): PostedMessage {
  const { subscription, secrets, topic, event } = addressed;
  const { from_stage, to_stage } = event.data;
  const body = JSON.stringify({
    event: topic,
    webhook_id: subscription.id,
    event_timestamp: event.time,
    model_name: event.model ?? undefined,
    version: event.version === null ? undefined : String(event.version),
    from_stage,
    to_stage,
    text: event.summary,
  });
  const { secret, authorization } = secrets;
  return {
    headers: {
      ...namedJson(addressed),
      ...(secret === undefined
        ? {}
        : { 'X-Databricks-Signature': createHmac('sha256', secret).update(body).digest('hex') }),
      ...(authorization === undefined ? {} : { Authorization: authorization }),
    },
    body,
  };
}

/** What Slack takes in one header and one section. */
const MAX_HEADER = 150;
const MAX_SECTION = 2_900;

/** Slack reads `<...>` as links and mentions: nobody's text becomes one. */
const escaped = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

function slackOf({ kind, model, version, actor, time, summary, data }: StoredEvent): string {
  const fields: readonly (readonly [string, unknown])[] = [
    ['Model', model],
    ['Version', version],
    ['From', data.from_stage],
    ['To', data.to_stage],
    ['By', actor],
    ['Comment', data.comment],
  ];
  const shown = fields
    .filter(([, value]) => value !== null && value !== undefined && value !== '')
    .map(([name, value]) => ({
      type: 'mrkdwn',
      text: `*${name}*\n${escaped(String(value)).slice(0, 1_000)}`,
    }));
  return JSON.stringify({
    text: escaped(summary).slice(0, MAX_SECTION),
    blocks: [
      {
        type: 'header',
        text: { type: 'plain_text', text: titleOf(kind).slice(0, MAX_HEADER), emoji: false },
      },
      { type: 'section', text: { type: 'mrkdwn', text: escaped(summary).slice(0, MAX_SECTION) } },
      ...(shown.length === 0 ? [] : [{ type: 'section', fields: shown }]),
      { type: 'context', elements: [{ type: 'mrkdwn', text: `${kind} at ${isoTime(time)}` }] },
    ],
  });
}

/** @returns a kind of event as people would write it */
export function titleOf(kind: string): string {
  const words = kind.replaceAll('_', ' ').replaceAll('.', ': ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
