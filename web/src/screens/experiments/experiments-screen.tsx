import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { FlaskConical, MoreHorizontal, Pencil, Plus, RotateCcw, Trash2 } from 'lucide-react';
import { type FormEvent, useDeferredValue, useState } from 'react';
import { useMay } from '../../frame/may.ts';
import { navigate, path, useSearch } from '../../frame/router.ts';
import { api, body, type Schema } from '../../shared/api.ts';
import { formatAgo, formatTime } from '../../shared/format.ts';
import { Button, IconButton } from '../../shared/ui/button.tsx';
import { Confirm, Dialog } from '../../shared/ui/dialog.tsx';
import { Empty } from '../../shared/ui/empty.tsx';
import { ErrorNote } from '../../shared/ui/error-note.tsx';
import { Loading } from '../../shared/ui/loading.tsx';
import { Menu } from '../../shared/ui/menu.tsx';
import { notify, notifyError } from '../../shared/ui/notices.tsx';
import { Page } from '../../shared/ui/page.tsx';
import { TextField } from '../../shared/ui/text-field.tsx';

type Experiment = Schema<'Experiment'>;

/** A text within a name, as the search language says it; quotes can't be escaped there. */
const nameFilter = (text: string): string =>
  text.trim() === '' ? '' : `name ILIKE '%${text.trim().replaceAll("'", '_')}%'`;

function useExperiments(text: string, deleted: boolean) {
  return useInfiniteQuery({
    queryKey: ['experiments', text, deleted],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      body(
        api.POST('/api/2.0/mlflow/experiments/search', {
          signal,
          body: {
            max_results: 100,
            filter: nameFilter(text),
            view_type: deleted ? 'DELETED_ONLY' : 'ACTIVE_ONLY',
            order_by: ['last_update_time DESC'],
            ...(pageParam === '' ? {} : { page_token: pageParam }),
          },
        }),
      ),
    getNextPageParam: (page) => page.next_page_token || undefined,
  });
}

/** All experiments, those last changed first. */
export function ExperimentsScreen() {
  const [search, setSearch] = useSearch();
  const text = search.get('search') ?? '';
  const deleted = search.get('deleted') === '1';
  const shown = useDeferredValue(text);
  const list = useExperiments(shown, deleted);
  const [dialog, setDialog] = useState<{ kind: 'create' | 'rename' | 'delete'; of?: Experiment }>();
  const experiments = list.data?.pages.flatMap(({ experiments = [] }) => experiments) ?? [];
  const close = () => setDialog(undefined);

  return (
    <Page
      title="Experiments"
      actions={
        <Button kind="primary" onClick={() => setDialog({ kind: 'create' })}>
          <Plus size={16} aria-hidden /> New experiment
        </Button>
      }
    >
      <div className="toolbar">
        <input
          type="search"
          className="grow-input"
          placeholder="Search by name"
          aria-label="Search experiments by name"
          value={text}
          onChange={(event) => setSearch({ search: event.target.value }, { replace: true })}
        />
        <fieldset className="segments">
          <legend className="hidden">State</legend>
          <button type="button" aria-pressed={!deleted} onClick={() => setSearch({ deleted: '' })}>
            Active
          </button>
          <button type="button" aria-pressed={deleted} onClick={() => setSearch({ deleted: '1' })}>
            Deleted
          </button>
        </fieldset>
      </div>
      {list.error ? <ErrorNote error={list.error} retry={() => void list.refetch()} /> : null}
      {list.isPending ? <Loading /> : null}
      {list.isSuccess && experiments.length === 0 ? (
        <Empty title={text === '' ? 'Nothing here yet' : 'No experiment has such a name'}>
          {deleted
            ? 'Deleted experiments would stand here.'
            : 'An experiment holds runs of one kind.'}
        </Empty>
      ) : null}
      {experiments.length === 0 ? null : (
        <div className="table-wrap">
          <table className="list">
            <thead>
              <tr>
                <th>Name</th>
                <th className="wide-only">Id</th>
                <th>Changed</th>
                <th className="wide-only">Created</th>
                <th>
                  <span className="hidden">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {experiments.map((experiment) => (
                <Row key={experiment.experiment_id} experiment={experiment} onDialog={setDialog} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {list.hasNextPage ? (
        <Button disabled={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          Show more
        </Button>
      ) : null}
      {dialog?.kind === 'create' ? <NameDialog onClose={close} /> : null}
      {dialog?.kind === 'rename' && dialog.of ? (
        <NameDialog of={dialog.of} onClose={close} />
      ) : null}
      {dialog?.kind === 'delete' && dialog.of ? (
        <DeleteDialog of={dialog.of} onClose={close} />
      ) : null}
    </Page>
  );
}

function Row({
  experiment,
  onDialog,
}: {
  readonly experiment: Experiment;
  readonly onDialog: (dialog: { kind: 'rename' | 'delete'; of: Experiment }) => void;
}) {
  const queries = useQueryClient();
  const { experiment_id: id = '', name = '' } = experiment;
  const restore = useMutation({
    mutationFn: () =>
      api.POST('/api/2.0/mlflow/experiments/restore', { body: { experiment_id: id } }),
    onSuccess: () => {
      notify(`Restored ${name}`);
      return queries.invalidateQueries({ queryKey: ['experiments'] });
    },
    onError: notifyError,
  });
  const deleted = experiment.lifecycle_stage === 'deleted';
  const [opened, setOpened] = useState(false);
  const may = useMay('experiment', id, { enabled: opened });
  return (
    <tr>
      <td>
        <a className="name-link" href={`#${path`/experiments/${id}`}`}>
          <FlaskConical size={15} aria-hidden />
          <span className="two-lines" title={name}>
            {name}
          </span>
        </a>
      </td>
      <td className="wide-only muted mono">{id}</td>
      <td className="muted when" title={formatTime(experiment.last_update_time)}>
        {formatAgo(experiment.last_update_time)}
      </td>
      <td className="wide-only muted when">{formatTime(experiment.creation_time)}</td>
      <td className="end">
        <Menu
          onOpen={() => setOpened(true)}
          trigger={
            <IconButton label={`Actions on ${name}`}>
              <MoreHorizontal size={16} />
            </IconButton>
          }
          items={
            deleted
              ? [
                  {
                    label: 'Restore',
                    icon: <RotateCcw size={15} />,
                    disabled: !may.manage,
                    onSelect: () => restore.mutate(),
                  },
                ]
              : [
                  {
                    label: 'Rename',
                    icon: <Pencil size={15} />,
                    disabled: !may.edit,
                    onSelect: () => onDialog({ kind: 'rename', of: experiment }),
                  },
                  {
                    label: 'Delete',
                    icon: <Trash2 size={15} />,
                    danger: true,
                    disabled: id === '0' || !may.manage,
                    onSelect: () => onDialog({ kind: 'delete', of: experiment }),
                  },
                ]
          }
        />
      </td>
    </tr>
  );
}

function NameDialog({ of, onClose }: { readonly of?: Experiment; readonly onClose: () => void }) {
  const queries = useQueryClient();
  const [name, setName] = useState(of?.name ?? '');
  const save = useMutation({
    mutationFn: async () => {
      if (of === undefined) {
        return body(api.POST('/api/2.0/mlflow/experiments/create', { body: { name } }));
      }
      await api.POST('/api/2.0/mlflow/experiments/update', {
        body: { experiment_id: of.experiment_id ?? '', new_name: name },
      });
      return {};
    },
    onSuccess: async ({ experiment_id }) => {
      await queries.invalidateQueries({ queryKey: ['experiments'] });
      onClose();
      if (experiment_id !== undefined) navigate(path`/experiments/${experiment_id}`);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Dialog title={of === undefined ? 'New experiment' : 'Rename experiment'} onClose={onClose}>
      <form onSubmit={submit}>
        <div className="dialog-body">
          <TextField label="Name" value={name} onChange={setName} />
          {save.error ? <ErrorNote error={save.error} /> : null}
        </div>
        <footer>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" disabled={name.trim() === '' || save.isPending}>
            {of === undefined ? 'Create' : 'Rename'}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}

function DeleteDialog({ of, onClose }: { readonly of: Experiment; readonly onClose: () => void }) {
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: () =>
      api.POST('/api/2.0/mlflow/experiments/delete', {
        body: { experiment_id: of.experiment_id ?? '' },
      }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['experiments'] });
      notify(`Deleted ${of.name}`);
      onClose();
    },
    onError: notifyError,
  });
  return (
    <Confirm
      title="Delete experiment"
      action="Delete"
      busy={remove.isPending}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      <p>
        <b>{of.name}</b> and its runs go out of sight. They can be restored from the list of deleted
        experiments.
      </p>
    </Confirm>
  );
}
