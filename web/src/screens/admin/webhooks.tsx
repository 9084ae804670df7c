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
import { WebhookDeeds } from './webhook-deeds.tsx';
import { EVENTS, nameOf } from './webhook-events.ts';

const HOOKS = '/api/2.0/mlflow/webhooks' as const;
const allQuery = pagesQuery(['webhooks'], (query) => body(api.GET(HOOKS, { params: { query } })));

/** Webhooks of MLflow, with what was sent to them. */
export function Webhooks() {
  const { list, things: webhooks } = usePages(allQuery, (page) => page.webhooks);
  return (
    <div className="stack">
      <NewWebhook />
      <Asked query={list}>
        {() =>
          webhooks.length === 0 ? (
            <Empty title="No webhooks yet">A webhook tells another service of changes.</Empty>
          ) : (
            webhooks.map((one) => <One key={one.webhook_id} webhook={one} />)
          )
        }
      </Asked>
      <More list={list} />
    </div>
  );
}

function NewWebhook() {
  const [name, setName] = useState('');
  const [url, setUrl] = useState('');
  const [secret, setSecret] = useState('');
  const [events, setEvents] = useState<readonly string[]>(['model_version.created']);
  const create = useChange(
    'webhooks',
    async () => {
      await api.POST(HOOKS, {
        body: {
          ...{ name, url, events: EVENTS.filter((each) => events.includes(nameOf(each))) },
          ...(secret === '' ? {} : { secret }),
        },
      });
      setName('');
      setUrl('');
      setSecret('');
    },
    'The webhook is created',
  );
  const submit = (submitted: FormEvent) => {
    submitted.preventDefault();
    create.mutate();
  };
  const isReady = name !== '' && url !== '' && events.length > 0;
  return (
    <Section title="New webhook">
      <form className="stack" onSubmit={submit}>
        <div className="form-grid">
          <TextField label="Webhook name" value={name} onChange={setName} />
          <label className="field">
            <span>Address</span>
            <input type="url" value={url} onChange={({ target }) => setUrl(target.value)} />
          </label>
          <TextField
            label="Secret, to sign with"
            type="password"
            autoComplete="new-password"
            value={secret}
            onChange={setSecret}
          />
        </div>
        <fieldset className="checks">
          <legend>Events</legend>
          {EVENTS.map(nameOf).map((event) => (
            <label key={event} className="check">
              <input
                type="checkbox"
                checked={events.includes(event)}
                onChange={({ target }) =>
                  setEvents(
                    target.checked ? [...events, event] : events.filter((each) => each !== event),
                  )
                }
              />
              {event}
            </label>
          ))}
        </fieldset>
        <div>
          <Button kind="primary" type="submit" disabled={!isReady || create.isPending}>
            Create webhook
          </Button>
        </div>
      </form>
      {create.error ? <ErrorNote error={create.error} /> : null}
    </Section>
  );
}

function One({ webhook }: { readonly webhook: Schema<'Webhook'> }) {
  const path = { webhook_id: webhook.webhook_id ?? '' };
  return (
    <Receiver
      kind="webhook"
      title={webhook.name ?? ''}
      status={webhook.status}
      about={
        <p className="break">
          <code>{webhook.url}</code>{' '}
          <span className="muted">{(webhook.events ?? []).map(nameOf).join(', ')}</span>
        </p>
      }
      deeds={<WebhookDeeds webhook={webhook} />}
      sent={pagesQuery(['webhooks', path.webhook_id, 'deliveries'], (query) =>
        body(api.GET(`${HOOKS}/{webhook_id}/deliveries`, { params: { path, query } })),
      )}
      deliveriesOf={deliveriesOf}
      replay={(delivery) =>
        api.POST(`${HOOKS}/{webhook_id}/deliveries/{delivery_id}/redeliver`, {
          params: { path: { ...path, delivery_id: delivery } },
        })
      }
      remove={() => api.DELETE(`${HOOKS}/{webhook_id}`, { params: { path }, body: {} })}
    />
  );
}

const deliveriesOf = ({ deliveries = [] }: Schema<'ListWebhookDeliveriesResponse'>) =>
  deliveries.map((one) => ({
    id: one.delivery_id ?? '',
    what: nameOf(one.event ?? {}),
    status: one.status ?? '',
    attempts: Number(one.attempts),
    created: one.creation_timestamp,
    answer: one.response_status,
    error: one.error_message,
  }));
