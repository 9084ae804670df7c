import { type FormEvent, useState } from 'react';
import { api, body, type Schema } from '../../shared/api.ts';
import { Asked } from '../../shared/ui/asked.tsx';
import { Button } from '../../shared/ui/button.tsx';
import { Empty } from '../../shared/ui/empty.tsx';
import { ErrorNote } from '../../shared/ui/error-note.tsx';
import { More } from '../../shared/ui/more.tsx';
import { Section } from '../../shared/ui/page.tsx';
import { TextField } from '../../shared/ui/text-field.tsx';
import { pagesQuery, usePages } from '../../shared/use-pages.ts';
import { Receiver } from './receiver.tsx';
import { useChange } from './use-change.ts';

const ALL = '/api/governance/v1/subscriptions' as const;
const allQuery = pagesQuery(['subscriptions'], (query) =>
  body(api.GET(ALL, { params: { query } })),
);

/** Who is told of what governance does, and what was sent. */
export function Subscriptions() {
  const { list, things: all } = usePages(allQuery, (page) => page.subscriptions);
  return (
    <div className="stack">
      <NewSubscription />
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

function NewSubscription() {
  const [channel, setChannel] = useState('webhook');
  const [to, setTo] = useState('');
  const [events, setEvents] = useState('*');
  const [pattern, setPattern] = useState('*');
  const split = (text: string) => text.split(/[\s,]+/).filter(Boolean);
  const create = useChange(
    'subscriptions',
    () =>
      api.POST(ALL, {
        body: {
          ...{ channel, events: split(events), model_pattern: pattern },
          ...(channel === 'email' ? { recipients: split(to) } : { url: to }),
        },
      }),
    'The subscription is created',
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate();
  };
  return (
    <Section title="New subscription">
      <form className="form-grid" onSubmit={submit}>
        <label className="field">
          <span>Channel</span>
          <select value={channel} onChange={({ target }) => setChannel(target.value)}>
            {['webhook', 'slack', 'email', 'cloudevents'].map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        </label>
        <label className="field">
          <span>{channel === 'email' ? 'Recipients' : 'Address'}</span>
          <input type="text" value={to} onChange={({ target }) => setTo(target.value)} />
        </label>
        <TextField label="Events (* for all)" value={events} onChange={setEvents} />
        <TextField label="Models" value={pattern} onChange={setPattern} />
        <Button type="submit" disabled={to === '' || create.isPending}>
          Subscribe
        </Button>
      </form>
      {create.error ? <ErrorNote error={create.error} /> : null}
    </Section>
  );
}

function One({ subscription }: { readonly subscription: Schema<'Subscription'> }) {
  const path = { subscription_id: subscription.subscription_id ?? '' };
  const { channel, url, url_host: host, recipients = [], model_pattern: models } = subscription;
  const to = recipients.length > 0 ? recipients.join(', ') : (url ?? host ?? '');
  return (
    <Receiver
      kind="subscription"
      title={`${channel} to ${to}`}
      status={subscription.status}
      about={
        <p className="muted">
          {wordsFor(subscription.events ?? [])} of {models === '*' ? 'all models' : models}
        </p>
      }
      sent={pagesQuery(['subscriptions', path.subscription_id, 'deliveries'], (query) =>
        body(api.GET(`${ALL}/{subscription_id}/deliveries`, { params: { path, query } })),
      )}
      deliveriesOf={deliveriesOf}
      replay={(delivery) =>
        api.POST(`${ALL}/{subscription_id}/deliveries/{delivery_id}/replay`, {
          params: { path: { ...path, delivery_id: delivery } },
        })
      }
      remove={() => api.DELETE(`${ALL}/{subscription_id}`, { params: { path } })}
    />
  );
}

const wordsFor = (events: readonly string[]): string =>
  events.includes('*') ? 'All events' : events.join(', ');

const deliveriesOf = ({ deliveries = [] }: Schema<'ListSubscriptionDeliveriesResponse'>) =>
  deliveries.map((one) => ({
    id: one.delivery_id ?? '',
    what: one.summary ?? one.event ?? '',
    status: one.status ?? '',
    attempts: Number(one.attempts),
    created: one.creation_timestamp,
    answer: one.response_status,
    error: one.error_message,
  }));
