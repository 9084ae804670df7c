import { useMemo, useState } from 'react';
import { useSearch } from '../../frame/router.ts';
import { useWho } from '../../frame/who.tsx';
import { api, body, type Schema, SIGN_IN } from '../../shared/api.ts';
import { Asked } from '../../shared/ui/asked.tsx';
import { Empty } from '../../shared/ui/empty.tsx';
import { More } from '../../shared/ui/more.tsx';
import { Section } from '../../shared/ui/page.tsx';
import { TextField } from '../../shared/ui/text-field.tsx';
import { pagesQuery, usePages } from '../../shared/use-pages.ts';
import { REGISTRY_EVENTS } from './events.ts';
import { Receiver } from './receiver.tsx';
import { ReceiverForm } from './receiver-form.tsx';
import { changesOf, NEW, type ReceiverWish, secretsOf } from './receiver-wish.ts';
import { sentTo } from './subscription-deliveries.ts';
import { useChange } from './use-change.ts';

type Hook = Schema<'RegistryWebhook'>;

const HOOKS = '/api/2.0/mlflow/registry-webhooks' as const;
const KEY = 'registry-webhooks';

const FORM = {
  shown: ['url', 'models', 'description', 'secret', 'authorization', 'verifyTls'],
  events: { all: REGISTRY_EVENTS },
  states: ['ACTIVE', 'DISABLED', 'TEST_MODE'],
} as const;

/** Webhooks of the registry as clients of Databricks make them, with what was sent to them. */
export function RegistryWebhooks() {
  const [search, setSearch] = useSearch();
  const model = search.get('model') ?? '';
  const isAdmin = useWho()?.is_admin === true;
  const isAsked = !SIGN_IN || isAdmin || model !== '';
  const query = useMemo(
    () =>
      pagesQuery([KEY, model], (page) =>
        body(
          api.GET(`${HOOKS}/list`, {
            params: { query: { ...page, ...(model === '' ? {} : { model_name: model }) } },
          }),
        ),
      ),
    [model],
  );
  const { list, things: webhooks } = usePages(query, (page) => page.webhooks, { enabled: isAsked });
  const [made, setMade] = useState(0);
  return (
    <div className="stack">
      <NewWebhook key={`${made} ${model}`} model={model} onMade={() => setMade(made + 1)} />
      <OfModel key={model} model={model} onModel={(name) => setSearch({ model: name })} />
      {isAsked ? (
        <Asked query={list}>
          {() =>
            webhooks.length === 0 ? (
              <Empty title="No registry webhooks yet">
                They are those of the Databricks API: a service is told of versions, stages and
                requests.
              </Empty>
            ) : (
              webhooks.map((one) => <One key={one.id} webhook={one} />)
            )
          }
        </Asked>
      ) : (
        <Empty title="Of which model?">
          Whoever manages a model sees its registry webhooks; those of all models are for
          administrators.
        </Empty>
      )}
      {isAsked ? <More list={list} /> : null}
    </div>
  );
}

/** The model whose webhooks are shown: asked for when its name is whole. */
function OfModel({
  model,
  onModel,
}: {
  readonly model: string;
  readonly onModel: (name: string) => void;
}) {
  const [name, setName] = useState(model);
  return (
    <form
      className="form-grid"
      onSubmit={(event) => {
        event.preventDefault();
        onModel(name.trim());
      }}
    >
      <TextField label="Webhooks of the model" value={name} onChange={setName} />
      <button type="submit" className="button plain">
        Show
      </button>
    </form>
  );
}

function NewWebhook({ model, onMade }: { readonly model: string; readonly onMade: () => void }) {
  const isAdmin = useWho()?.is_admin === true;
  const create = useChange(
    KEY,
    async ({ models, events, description, ...target }: ReceiverWish) => {
      await api.POST(`${HOOKS}/create`, {
        body: {
          ...{ events: [...events], http_url_spec: targetOf(target) },
          ...(models === '' ? {} : { model_name: models }),
          ...(description === '' ? {} : { description }),
        },
      });
      onMade();
    },
    'The registry webhook is created',
  );
  return (
    <Section title="New registry webhook">
      <ReceiverForm
        {...FORM}
        isNew
        labels={{ models: isAdmin || !SIGN_IN ? 'Model (nothing for all)' : 'Model' }}
        first={{ ...NEW, models: model, events: ['MODEL_VERSION_TRANSITIONED_STAGE'] }}
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
  const { id = '', description = '', status = 'ACTIVE', http_url_spec: to = {} } = webhook;
  const first: ReceiverWish = {
    ...{ ...NEW, description, status, events: webhook.events ?? [] },
    ...{ url: to.url ?? '', verifyTls: to.enable_ssl_verification ?? true },
  };
  const change = useChange(
    KEY,
    async (wish: ReceiverWish) => {
      const { description: about, status: state, events, ...rest } = changesOf(first, wish);
      const target = targetOf(rest);
      await api.PATCH(`${HOOKS}/update`, {
        body: {
          id,
          ...(about === undefined ? {} : { description: about }),
          ...(state === undefined ? {} : { status: state }),
          ...(events === undefined ? {} : { events: [...events] }),
          ...(Object.keys(target).length === 0 ? {} : { http_url_spec: target }),
        },
      });
      onClose();
    },
    'The registry webhook is changed',
  );
  return (
    <ReceiverForm
      {...FORM}
      shown={['url', 'description', 'status', 'secret', 'authorization', 'verifyTls']}
      first={first}
      action="Save"
      busy={change.isPending}
      error={change.error}
      onSubmit={(wish) => change.mutate(wish)}
    />
  );
}

function One({ webhook }: { readonly webhook: Hook }) {
  const { id = '', events = [], model_name: model, description, status } = webhook;
  return (
    <Receiver
      kind="registry webhook"
      listKey={KEY}
      title={webhook.http_url_spec?.url ?? ''}
      status={status}
      about={
        <>
          <p className="muted break">
            {events.join(', ')} of {model ?? 'all models'}
          </p>
          {description ? <p className="break">{description}</p> : null}
        </>
      }
      deeds={{
        test: async () => {
          const { status_code, body: wrong } = await body(
            api.POST(`${HOOKS}/test`, { body: { id } }),
          );
          const success = status_code !== undefined && status_code >= 200 && status_code < 300;
          return { success, status: status_code, wrong };
        },
        setStatus: (wanted) => api.PATCH(`${HOOKS}/update`, { body: { id, status: wanted } }),
        edit: (onClose) => <EditWebhook webhook={webhook} onClose={onClose} />,
      }}
      {...sentTo(KEY, id)}
      remove={() => api.DELETE(`${HOOKS}/delete`, { params: { query: { id } } })}
    />
  );
}

/** What is said of where to; what is not said stays as it is. */
const targetOf = ({ url, verifyTls, ...secrets }: Partial<ReceiverWish>) => ({
  ...(url ? { url } : {}),
  ...(verifyTls === undefined ? {} : { enable_ssl_verification: verifyTls }),
  ...secretsOf(secrets),
});
