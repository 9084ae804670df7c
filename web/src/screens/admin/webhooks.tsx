import { useState } from 'react';
import { api, body, type Schema } from '../../shared/api.ts';
import { Asked } from '../../shared/ui/asked.tsx';
import { Empty } from '../../shared/ui/empty.tsx';
import { More } from '../../shared/ui/more.tsx';
import { Section } from '../../shared/ui/page.tsx';
import { pagesQuery, usePages } from '../../shared/use-pages.ts';
import { EVENTS, nameOf } from './events.ts';
import { Receiver } from './receiver.tsx';
import { ReceiverForm } from './receiver-form.tsx';
import { changesOf, NEW, type ReceiverWish, secretsOf } from './receiver-wish.ts';
import { useChange } from './use-change.ts';

type Hook = Schema<'Webhook'>;

const HOOKS = '/api/2.0/mlflow/webhooks' as const;
const HOOK = `${HOOKS}/{webhook_id}` as const;
const allQuery = pagesQuery(['webhooks'], (query) => body(api.GET(HOOKS, { params: { query } })));

const FORM = {
  shown: ['name', 'url', 'description', 'secret'],
  labels: { name: 'Webhook name' },
  events: { all: EVENTS.map(nameOf) },
  states: ['ACTIVE', 'DISABLED'],
} as const;

/** Webhooks of MLflow, with what was sent to them. */
export function Webhooks() {
  const { list, things: webhooks } = usePages(allQuery, (page) => page.webhooks);
  const [made, setMade] = useState(0);
  return (
    <div className="stack">
      <NewWebhook key={made} onMade={() => setMade(made + 1)} />
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

function NewWebhook({ onMade }: { readonly onMade: () => void }) {
  const create = useChange(
    'webhooks',
    async ({ name, url, description, events, secret }: ReceiverWish) => {
      await api.POST(HOOKS, {
        body: {
          ...{ name, url, events: eventsOf(events) },
          ...(description === '' ? {} : { description }),
          ...secretsOf({ secret }),
        },
      });
      onMade();
    },
    'The webhook is created',
  );
  return (
    <Section title="New webhook">
      <ReceiverForm
        {...FORM}
        isNew
        first={{ ...NEW, events: ['model_version.created'] }}
        action="Create webhook"
        busy={create.isPending}
        error={create.error}
        onSubmit={(wish) => create.mutate(wish)}
      />
    </Section>
  );
}

function EditWebhook({
  webhook,
  onClose,
}: {
  readonly webhook: Hook;
  readonly onClose: () => void;
}) {
  const { webhook_id = '', name = '', url = '', description = '', status = 'ACTIVE' } = webhook;
  const first = { ...NEW, name, url, description, status, events: namesOf(webhook) };
  const change = useChange(
    'webhooks',
    async (wish: ReceiverWish) => {
      const { events, secret, ...rest } = changesOf(first, wish);
      await api.PATCH(HOOK, {
        params: { path: { webhook_id } },
        body: {
          ...(rest as Pick<Hook, 'name' | 'url' | 'description' | 'status'>),
          ...(events === undefined ? {} : { events: eventsOf(events) }),
          ...secretsOf(secret === undefined ? {} : { secret }),
        },
      });
      onClose();
    },
    'The webhook is changed',
  );
  return (
    <ReceiverForm
      {...FORM}
      shown={[...FORM.shown, 'status']}
      first={first}
      action="Save"
      busy={change.isPending}
      error={change.error}
      onSubmit={(wish) => change.mutate(wish)}
    />
  );
}

function One({ webhook }: { readonly webhook: Hook }) {
  const path = { webhook_id: webhook.webhook_id ?? '' };
  const { name = '', url, description, status } = webhook;
  return (
    <Receiver
      kind="webhook"
      listKey="webhooks"
      title={name}
      status={status}
      about={
        <>
          <p className="break">
            <code>{url}</code> <span className="muted">{namesOf(webhook).join(', ')}</span>
          </p>
          {description ? <p className="break muted">{description}</p> : null}
        </>
      }
      deeds={{
        testsPaused: true,
        test: async () => {
          const { result = {} } = await body(
            api.POST(`${HOOK}/test`, { params: { path }, body: {} }),
          );
          const { success = false, response_status, error_message } = result;
          return { success, status: response_status, wrong: error_message };
        },
        setStatus: (wanted) => api.PATCH(HOOK, { params: { path }, body: { status: wanted } }),
        edit: (onClose) => <EditWebhook webhook={webhook} onClose={onClose} />,
      }}
      sent={pagesQuery(['webhooks', path.webhook_id, 'deliveries'], (query) =>
        body(api.GET(`${HOOK}/deliveries`, { params: { path, query } })),
      )}
      deliveriesOf={deliveriesOf}
      replay={(delivery) =>
        api.POST(`${HOOK}/deliveries/{delivery_id}/redeliver`, {
          params: { path: { ...path, delivery_id: delivery } },
        })
      }
      remove={() => api.DELETE(HOOK, { params: { path }, body: {} })}
    />
  );
}

const namesOf = ({ events = [] }: Hook): readonly string[] => events.map(nameOf);
const eventsOf = (names: readonly string[]) =>
  EVENTS.filter((each) => names.includes(nameOf(each)));

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
