import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Package, Plus } from 'lucide-react';
import { type FormEvent, useDeferredValue, useState } from 'react';
import { navigate, path, useSearch } from '../../frame/router.ts';
import { api } from '../../shared/api.ts';
import { formatAgo, formatTime, plainText } from '../../shared/format.ts';
import { Badge, Stage } from '../../shared/ui/badge.tsx';
import { Button } from '../../shared/ui/button.tsx';
import { Dialog } from '../../shared/ui/dialog.tsx';
import { Empty } from '../../shared/ui/empty.tsx';
import { ErrorNote } from '../../shared/ui/error-note.tsx';
import { Loading } from '../../shared/ui/loading.tsx';
import { More } from '../../shared/ui/more.tsx';
import { Page } from '../../shared/ui/page.tsx';
import { usePages } from '../../shared/use-pages.ts';
import { type Model, modelsQuery } from './registry-queries.ts';
import './registry.css';
import { TextField } from '../../shared/ui/text-field.tsx';

/** All registered models. */
export function ModelsScreen() {
  const [search, setSearch] = useSearch();
  const text = search.get('search') ?? '';
  const { list, things: models } = usePages(
    modelsQuery(useDeferredValue(text.trim())),
    (page) => page.registered_models,
  );
  const [creating, setCreating] = useState(false);
  return (
    <Page
      title="Models"
      actions={
        <Button kind="primary" onClick={() => setCreating(true)}>
          <Plus size={16} aria-hidden /> New model
        </Button>
      }
    >
      <div className="toolbar">
        <input
          type="search"
          className="grow-input"
          placeholder="Search by name"
          aria-label="Search models by name"
          value={text}
          onChange={(event) => setSearch({ search: event.target.value }, { replace: true })}
        />
      </div>
      {list.error ? <ErrorNote error={list.error} retry={() => void list.refetch()} /> : null}
      {list.isPending ? <Loading /> : null}
      {list.isSuccess && models.length === 0 ? (
        <Empty title={text === '' ? 'No models yet' : 'No model has such a name'}>
          A model is registered from a run, and then has versions:
          <pre>{'mlflow.register_model("models:/<model id>", "churn")'}</pre>
        </Empty>
      ) : null}
      {models.length === 0 ? null : (
        <div className="table-wrap">
          <table className="list stacks">
            <thead>
              <tr>
                <th>Name</th>
                <th>Latest versions</th>
                <th>Aliases</th>
                <th>Changed</th>
              </tr>
            </thead>
            <tbody>
              {models.map((model) => (
                <Row key={model.name} model={model} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      <More list={list} />
      {creating ? <Create onClose={() => setCreating(false)} /> : null}
    </Page>
  );
}

function Row({ model }: { readonly model: Model }) {
  const { name = '', latest_versions: versions = [], aliases = [] } = model;
  return (
    <tr>
      <td>
        <a className="name-link" href={`#${path`/models/${name}`}`}>
          <Package size={15} aria-hidden />
          <span className="two-lines" title={name}>
            {name}
          </span>
        </a>
        {model.description ? (
          <p className="one-line muted">{plainText(model.description)}</p>
        ) : null}
      </td>
      <td data-label="Versions">
        <span className="chips">
          {versions.map(({ version = '', current_stage: stage }) => (
            <a
              key={version}
              className="chip"
              href={`#${path`/models/${name}/versions/${version}`}`}
            >
              v{version} <Stage stage={stage} />
            </a>
          ))}
          {versions.length === 0 ? <span className="muted">No version yet</span> : null}
        </span>
      </td>
      <td data-label="Aliases">
        {aliases.length === 0 ? null : (
          <span className="chips">
            {aliases.slice(0, 6).map(({ alias, version }) => (
              <Badge key={alias} tone="info">
                @{alias} v{version}
              </Badge>
            ))}
          </span>
        )}
      </td>
      <td
        className="muted when"
        data-label="Changed"
        title={formatTime(model.last_updated_timestamp)}
      >
        {formatAgo(model.last_updated_timestamp)}
      </td>
    </tr>
  );
}

function Create({ onClose }: { readonly onClose: () => void }) {
  const queries = useQueryClient();
  const [name, setName] = useState('');
  const create = useMutation({
    mutationFn: () => api.POST('/api/2.0/mlflow/registered-models/create', { body: { name } }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['models'] });
      onClose();
      navigate(path`/models/${name}`);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate();
  };
  return (
    <Dialog title="New model" onClose={onClose}>
      <form onSubmit={submit}>
        <div className="dialog-body">
          <TextField label="Name" value={name} onChange={setName} />
          {create.error ? <ErrorNote error={create.error} /> : null}
        </div>
        <footer>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" disabled={name.trim() === '' || create.isPending}>
            Create
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
