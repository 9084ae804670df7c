import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, body, type Schema } from '../../shared/api.ts';
import { Asked } from '../../shared/ui/asked.tsx';
import { Badge } from '../../shared/ui/badge.tsx';
import { Button } from '../../shared/ui/button.tsx';
import { Empty } from '../../shared/ui/empty.tsx';
import { ErrorNote } from '../../shared/ui/error-note.tsx';
import { More } from '../../shared/ui/more.tsx';
import { Section } from '../../shared/ui/page.tsx';
import { Deliveries } from './deliveries.tsx';
import { useChange } from './use-change.ts';

const EVENTS = [
  ['REGISTERED_MODEL', 'CREATED'],
  ['MODEL_VERSION', 'CREATED'],
  ['MODEL_VERSION_TAG', 'SET'],
  ['MODEL_VERSION_ALIAS', 'CREATED'],
] as const;
const HOOKS = '/api/2.0/mlflow/webhooks' as const;

/** Webhooks of MLflow, with what was sent to them. */
export function Webhooks() {
  const query = useQuery({
    queryKey: ['webhooks'],
    queryFn: () => body(api.GET(HOOKS)),
  });
  return (
    <div className="stack">
      <NewWebhook />
      <Asked query={query}>
        {({ webhooks = [] }) =>
          webhooks.length === 0 ? (
            <Empty title="No webhooks yet">A webhook tells another service of changes.</Empty>
          ) : (
            webhooks.map((one) => <One key={one.webhook_id} webhook={one} />)
          )
        }
      </Asked>
    </div>
  );
}

function NewWebhook() {
  const [name, setName] = useState('');
  const [url, setUrl] = useState('');
  const [event, setEvent] = useState(1);
  const create = useChange(
    'webhooks',
    () => {
      const [entity, action] = EVENTS[event] ?? EVENTS[0];
      return api.POST(HOOKS, { body: { name, url, events: [{ entity, action }] } });
    },
    'The webhook is created',
  );
  const submit = (submitted: FormEvent) => {
    submitted.preventDefault();
    create.mutate();
  };
  return (
    <Section title="New webhook">
      <form className="form-grid" onSubmit={submit}>
        <label className="field">
          <span>Webhook name</span>
          <input type="text" value={name} onChange={({ target }) => setName(target.value)} />
        </label>
        <label className="field">
          <span>Address</span>
          <input type="url" value={url} onChange={({ target }) => setUrl(target.value)} />
        </label>
        <label className="field">
          <span>Event</span>
          <select value={event} onChange={({ target }) => setEvent(Number(target.value))}>
            {EVENTS.map(([entity, action], index) => (
              <option key={entity} value={index}>
                {entity.toLowerCase()}.{action.toLowerCase()}
              </option>
            ))}
          </select>
        </label>
        <Button type="submit" disabled={name === '' || url === '' || create.isPending}>
          Create webhook
        </Button>
      </form>
      {create.error ? <ErrorNote error={create.error} /> : null}
    </Section>
  );
}

function One({ webhook }: { readonly webhook: Schema<'Webhook'> }) {
  const id = webhook.webhook_id ?? '';
  const path = { webhook_id: id };
  const [open, setOpen] = useState(false);
  const list = useInfiniteQuery({
    queryKey: ['webhooks', id, 'deliveries'],
    enabled: open,
    initialPageParam: '',
    queryFn: ({ pageParam }) =>
      body(
        api.GET(`${HOOKS}/{webhook_id}/deliveries`, {
          params: { path, query: pageParam === '' ? {} : { page_token: pageParam } },
        }),
      ),
    getNextPageParam: (last) => last.next_page_token || undefined,
  });
  const replay = useChange(
    'webhooks',
    (delivery: string) =>
      api.POST(`${HOOKS}/{webhook_id}/deliveries/{delivery_id}/redeliver`, {
        params: { path: { ...path, delivery_id: delivery } },
      }),
    'It is sent again',
  );
  const remove = useChange(
    'webhooks',
    () => api.DELETE(`${HOOKS}/{webhook_id}`, { params: { path }, body: {} }),
    'The webhook is deleted',
  );
  const error = replay.error ?? remove.error;
  const deliveries = list.data?.pages.flatMap((page) => page.deliveries ?? []) ?? [];
  return (
    <Section
      title={webhook.name ?? ''}
      actions={
        <>
          <Badge tone={webhook.status === 'ACTIVE' ? 'good' : 'neutral'}>{webhook.status}</Badge>
          <Button aria-expanded={open} onClick={() => setOpen(!open)}>
            Deliveries
          </Button>
          <Button aria-label={`Delete ${webhook.name}`} onClick={() => remove.mutate()}>
            Delete
          </Button>
        </>
      }
    >
      <p className="break">
        <code>{webhook.url}</code>{' '}
        <span className="muted">
          {(webhook.events ?? [])
            .map(({ entity, action }) => `${entity}.${action}`.toLowerCase())
            .join(', ')}
        </span>
      </p>
      {error ? <ErrorNote error={error} /> : null}
      {open ? (
        <Asked query={list}>
          {() => (
            <Deliveries
              onReplay={(delivery) => replay.mutate(delivery)}
              deliveries={deliveries.map((one) => ({
                id: one.delivery_id ?? '',
                what: `${one.event?.entity}.${one.event?.action}`.toLowerCase(),
                status: one.status ?? '',
                attempts: Number(one.attempts),
                created: one.creation_timestamp,
                answer: one.response_status,
                error: one.error_message,
              }))}
            />
          )}
        </Asked>
      ) : null}
      <More list={list} />
    </Section>
  );
}
