import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { MoreHorizontal, Pencil, RotateCcw, Trash2 } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useMay } from '../../frame/may.ts';
import { type Params, path, useSearch } from '../../frame/router.ts';
import { api, body } from '../../shared/api.ts';
import { byName } from '../../shared/format.ts';
import { Badge, RunStatus } from '../../shared/ui/badge.tsx';
import { Button } from '../../shared/ui/button.tsx';
import { Copy } from '../../shared/ui/copy.tsx';
import { Confirm, Dialog } from '../../shared/ui/dialog.tsx';
import { ErrorNote } from '../../shared/ui/error-note.tsx';
import { Loading } from '../../shared/ui/loading.tsx';
import { Menu } from '../../shared/ui/menu.tsx';
import { notify, notifyError } from '../../shared/ui/notices.tsx';
import { Page } from '../../shared/ui/page.tsx';
import { Tabs } from '../../shared/ui/tabs.tsx';
import { ArtifactsTab } from '../artifacts/artifacts-tab.tsx';
import { runSource } from '../artifacts/source.ts';
import { MetricsTab } from './metrics-tab.tsx';
import { Overview } from './overview.tsx';
import './run.css';
import { TextField } from '../../shared/ui/text-field.tsx';
import { TracesTab } from './traces-tab.tsx';

/** One run. */
export function RunScreen({ params }: { readonly params: Params }) {
  const { experimentId = '', runId = '', rest = '' } = params;
  const [search, setSearch] = useSearch();
  const [dialog, setDialog] = useState<'rename' | 'delete'>();
  const query = useQuery({
    queryKey: ['run', runId],
    queryFn: () =>
      body(api.GET('/api/2.0/mlflow/runs/get', { params: { query: { run_id: runId } } })),
    refetchInterval: ({ state }) =>
      state.data?.run?.info?.status === 'RUNNING' ? 4_000 : (false as const),
  });
  const experiment = useQuery({
    queryKey: ['experiment', experimentId],
    queryFn: () =>
      body(
        api.GET('/api/2.0/mlflow/experiments/get', {
          params: { query: { experiment_id: experimentId } },
        }),
      ),
  });
  const crumbs = [
    { text: 'Experiments', to: '/experiments' },
    {
      text: experiment.data?.experiment?.name ?? experimentId,
      to: path`/experiments/${experimentId}`,
    },
  ];
  const change = useChange(runId);
  const may = useMay('experiment', experimentId);
  const run = query.data?.run;
  if (run === undefined) {
    return (
      <Page title="Run" crumbs={crumbs}>
        {query.error ? (
          <ErrorNote error={query.error} retry={() => void query.refetch()} />
        ) : (
          <Loading />
        )}
      </Page>
    );
  }
  const { run_name: name = runId, status, lifecycle_stage: stage } = run.info ?? {};
  const live = status === 'RUNNING';
  const keys = (run.data?.metrics ?? []).map(({ key = '' }) => key).sort(byName);
  const own = keys.filter((key) => !key.startsWith('system/'));
  const system = keys.filter((key) => key.startsWith('system/'));
  const deleted = stage === 'deleted';
  return (
    <Page
      title={name}
      crumbs={crumbs}
      beside={
        <>
          <RunStatus status={status} />
          {deleted ? <Badge tone="bad">Deleted</Badge> : null}
          <Copy text={runId} label="Copy the run's id" />
        </>
      }
      actions={
        may.edit ? (
          <Menu
            trigger={
              <Button aria-label="Actions on this run">
                <MoreHorizontal size={16} aria-hidden />
              </Button>
            }
            items={[
              {
                label: 'Rename',
                icon: <Pencil size={15} />,
                disabled: deleted,
                onSelect: () => setDialog('rename'),
              },
              deleted
                ? {
                    label: 'Restore',
                    icon: <RotateCcw size={15} />,
                    disabled: !may.manage,
                    onSelect: () => change.restore.mutate(),
                  }
                : {
                    label: 'Delete',
                    icon: <Trash2 size={15} />,
                    danger: true,
                    disabled: !may.manage,
                    onSelect: () => setDialog('delete'),
                  },
            ]}
          />
        ) : undefined
      }
    >
      <Tabs
        label="Parts of the run"
        value={search.get('tab') ?? tabOf(rest)}
        onChange={(tab) => setSearch({ tab })}
        tabs={[
          {
            id: 'overview',
            label: 'Overview',
            content: () => <Overview run={run} mayEdit={may.edit && !deleted} />,
          },
          {
            id: 'metrics',
            label: 'Metrics',
            count: own.length,
            content: () => (
              <MetricsTab
                runId={runId}
                keys={own}
                live={live}
                empty="mlflow.log_metric(key, value, step) makes the first."
              />
            ),
          },
          {
            id: 'system',
            label: 'System',
            count: system.length,
            content: () => (
              <MetricsTab
                runId={runId}
                keys={system}
                live={live}
                empty="They are logged after mlflow.enable_system_metrics_logging()."
              />
            ),
          },
          {
            id: 'artifacts',
            label: 'Artifacts',
            content: () => <ArtifactsTab source={runSource(runId)} />,
          },
          {
            id: 'traces',
            label: 'Traces',
            content: () => <TracesTab experimentId={experimentId} runId={runId} />,
          },
        ]}
      />
      {dialog === 'delete' ? (
        <Confirm
          title="Delete run"
          action="Delete"
          busy={change.remove.isPending}
          onClose={() => setDialog(undefined)}
          onConfirm={() =>
            change.remove.mutate(undefined, { onSuccess: () => setDialog(undefined) })
          }
        >
          <p>
            <b>{name}</b> goes out of sight. It can be restored.
          </p>
        </Confirm>
      ) : null}
      {dialog === 'rename' ? (
        <Rename
          name={name}
          busy={change.rename.isPending}
          onClose={() => setDialog(undefined)}
          onSave={(to) => change.rename.mutate(to, { onSuccess: () => setDialog(undefined) })}
        />
      ) : null}
    </Page>
  );
}

/** MLflow's own pages name the tabs in the path. */
function tabOf(rest: string): string {
  if (rest.startsWith('artifacts')) return 'artifacts';
  if (rest.startsWith('model-metrics')) return 'metrics';
  if (rest.startsWith('traces')) return 'traces';
  return rest.startsWith('system-metrics') ? 'system' : 'overview';
}

function useChange(runId: string) {
  const queries = useQueryClient();
  const after = (text: string) => async () => {
    notify(text);
    await queries.invalidateQueries({ queryKey: ['run', runId] });
    await queries.invalidateQueries({ queryKey: ['runs'] });
  };
  const shared = { onError: notifyError };
  const remove = useMutation({
    ...shared,
    mutationFn: () => api.POST('/api/2.0/mlflow/runs/delete', { body: { run_id: runId } }),
    onSuccess: after('Deleted the run'),
  });
  const restore = useMutation({
    ...shared,
    mutationFn: () => api.POST('/api/2.0/mlflow/runs/restore', { body: { run_id: runId } }),
    onSuccess: after('Restored the run'),
  });
  const rename = useMutation({
    ...shared,
    mutationFn: (run_name: string) =>
      api.POST('/api/2.0/mlflow/runs/update', { body: { run_id: runId, run_name } }),
    onSuccess: after('Renamed the run'),
  });
  return { remove, restore, rename };
}

function Rename({
  name,
  busy,
  onClose,
  onSave,
}: {
  readonly name: string;
  readonly busy: boolean;
  readonly onClose: () => void;
  readonly onSave: (name: string) => void;
}) {
  const [text, setText] = useState(name);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSave(text.trim());
  };
  return (
    <Dialog title="Rename run" onClose={onClose}>
      <form onSubmit={submit}>
        <div className="dialog-body">
          <TextField label="Name" value={text} onChange={setText} />
        </div>
        <footer>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" disabled={busy || text.trim() === ''}>
            Rename
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
