import { useState } from 'react';
import { api, body, type Schema } from '../../shared/api.ts';
import { Asked } from '../../shared/ui/asked.tsx';
import { Empty } from '../../shared/ui/empty.tsx';
import { More } from '../../shared/ui/more.tsx';
import { Section } from '../../shared/ui/page.tsx';
import { pagesQuery, usePages } from '../../shared/use-pages.ts';
import { GOVERNANCE_EVENTS } from './events.ts';
import { Receiver } from './receiver.tsx';
import { ReceiverForm } from './receiver-form.tsx';
import { addressesIn, changesOf, NEW, type ReceiverWish, secretsOf } from './receiver-wish.ts';
import { SUBSCRIPTIONS as ALL, sentTo } from './subscription-deliveries.ts';
import { useChange } from './use-change.ts';

type Subscription = Schema<'Subscription'>;

const ONE = `${ALL}/{subscription_id}` as const;
const allQuery = pagesQuery(['subscriptions'], (query) =>
  body(api.GET(ALL, { params: { query } })),
);

const FORM = {
  shown: [
    ...(['channel', 'recipients', 'url', 'models', 'description'] as const),
    ...(['secret', 'authorization', 'verifyTls'] as const),
  ],
  events: { all: GOVERNANCE_EVENTS, hasAll: true },
  states: ['ACTIVE', 'DISABLED', 'TEST_MODE'],
} as const;

/** Who is told of what governance does, and what was sent. */
export function Subscriptions() {
  const { list, things: all } = usePages(allQuery, (page) => page.subscriptions);
  const [made, setMade] = useState(0);
  return (
    <div className="stack">
      <NewSubscription key={made} onMade={() => setMade(made + 1)} />
      <Asked query={list}>
        {() =>
          all.length === 0 ? (
            <Empty title="Nobody is told yet">
              A subscription sends events of governance to a webhook, to Slack or by mail.
            </Empty>
          ) : (
            all.map((one) => <One key={one.subscription_id} subscription={one} />)
          )
        }
      </Asked>
      <More list={list} />
    </div>
  );
}

function NewSubscription({ onMade }: { readonly onMade: () => void }) {
  const create = useChange(
    'subscriptions',
    async (wish: ReceiverWish) => {
      const { channel, url, recipients, events } = wish;
      const isEmail = channel === 'email';
      await api.POST(ALL, {
        body: {
          ...{ channel, events: [...events], model_pattern: wish.models },
          ...(isEmail ? { recipients: addressesIn(recipients) } : { url }),
          ...(wish.description === '' ? {} : { description: wish.description }),
          ...(isEmail ? {} : { ...secretsOf(wish), enable_ssl_verification: wish.verifyTls }),
        },
      });
      onMade();
    },
    'The subscription is created',
  );
  return (
    <Section title="New subscription">
      <ReceiverForm
        {...FORM}
        isNew
        first={{ ...NEW, models: '*', events: ['*'] }}
        action="Subscribe"
        busy={create.isPending}
        error={create.error}
        onSubmit={(wish) => create.mutate(wish)}
      />
    </Section>
  );
}

function EditSubscription({
  subscription,
  onClose,
}: {
  readonly subscription: Subscription;
  readonly onClose: () => void;
}) {
  const { subscription_id = '', channel = '', status = 'ACTIVE', description = '' } = subscription;
  const first: ReceiverWish = {
    ...{ ...NEW, channel, status, description },
    url: subscription.url ?? '',
    recipients: (subscription.recipients ?? []).join(', '),
    models: subscription.model_pattern ?? '*',
    events: subscription.events ?? [],
    verifyTls: subscription.enable_ssl_verification ?? true,
  };
  const change = useChange(
    'subscriptions',
    async (wish: ReceiverWish) => {
      const { url, recipients, models, events, verifyTls, ...rest } = changesOf(first, wish);
      await api.PATCH(ONE, {
        params: { path: { subscription_id } },
        body: {
          ...(rest.description === undefined ? {} : { description: rest.description }),
          ...(rest.status === undefined ? {} : { status: rest.status }),
          ...(url ? { url } : {}),
          ...(recipients === undefined ? {} : { recipients: addressesIn(recipients) }),
          ...(models === undefined ? {} : { model_pattern: models }),
          ...(events === undefined ? {} : { events: [...events] }),
          ...(verifyTls === undefined ? {} : { enable_ssl_verification: verifyTls }),
          ...secretsOf(rest),
        },
      });
      onClose();
    },
    'The subscription is changed',
  );
  return (
    <ReceiverForm
      {...FORM}
      shown={[...FORM.shown, 'status']}
      first={first}
      keepsUrl={channel === 'slack'}
      has={{
        secret: subscription.has_secret === true,
        authorization: subscription.has_authorization === true,
      }}
      action="Save"
      busy={change.isPending}
      error={change.error}
      onSubmit={(wish) => change.mutate(wish)}
    />
  );
}

function One({ subscription }: { readonly subscription: Subscription }) {
  const { subscription_id = '', channel, url, url_host: host, recipients = [] } = subscription;
  const { events = [], model_pattern: models, status, description, owner } = subscription;
  const path = { subscription_id };
  const to = recipients.length > 0 ? recipients.join(', ') : (url ?? host ?? '');
  return (
    <Receiver
      kind="subscription"
      listKey="subscriptions"
      title={`${channel} to ${to}`}
      status={status}
      about={
        <>
          <p className="muted break">
            {events.includes('*') ? 'All events' : events.join(', ')} of{' '}
            {models === '*' ? 'all models' : models}
            {owner ? `, for ${owner}` : ''}
          </p>
          {description ? <p className="break">{description}</p> : null}
        </>
      }
      deeds={{
        test: async () => {
          const { result = {} } = await body(
            api.POST(`${ONE}/test`, { params: { path }, body: {} }),
          );
          const { success = false, response_status, error_message } = result;
          return { success, status: response_status, wrong: error_message };
        },
        setStatus: (wanted) => api.PATCH(ONE, { params: { path }, body: { status: wanted } }),
        edit: (onClose) => <EditSubscription subscription={subscription} onClose={onClose} />,
      }}
      {...sentTo('subscriptions', subscription_id)}
      remove={() => api.DELETE(ONE, { params: { path } })}
    />
  );
}
