import { useQuery } from '@tanstack/react-query';
import type { RowSelectionState } from '@tanstack/react-table';
import { Download, RefreshCw, X } from 'lucide-react';
import { useCallback, useMemo, useState } from 'react';
import type { Params } from '../../frame/router.ts';
import { ApiError, BASE } from '../../shared/api.ts';
import { formatCount } from '../../shared/format.ts';
import { Badge } from '../../shared/ui/badge.tsx';
import { Button } from '../../shared/ui/button.tsx';
import { Copy } from '../../shared/ui/copy.tsx';
import { Empty } from '../../shared/ui/empty.tsx';
import { ErrorNote } from '../../shared/ui/error-note.tsx';
import { Loading } from '../../shared/ui/loading.tsx';
import { Page } from '../../shared/ui/page.tsx';
import { ExperimentNav } from '../experiments/experiment-nav.tsx';
import { BulkBar } from './bulk-bar.tsx';
import { ColumnPicker } from './column-picker.tsx';
import { type Column, columnOf, defaultColumns, keysOf, runId } from './columns.ts';
import { csvOf, saveText } from './csv.ts';
import { GroupPicker } from './group-picker.tsx';
import { runLines } from './rows.ts';
import { RunTable } from './run-table.tsx';
import { experimentQuery, useRuns } from './runs-query.ts';
import './runs-table.css';
import { SearchBox } from '../../shared/search/search-box.tsx';
import { runLanguage } from './run-language.ts';
import { useAllKeys } from './use-all-keys.ts';
import { useExport } from './use-export.ts';
import { useGrouped } from './use-grouped.tsx';
import { useView } from './view.ts';

/** The runs of an experiment. */
export function RunsScreen({ params }: { readonly params: Params }) {
  const { experimentId = '' } = params;
  const experiment = useQuery(experimentQuery(experimentId));
  const [view, setSearch] = useView();
  const { pages, runs: flat, fresh } = useRuns(experimentId, view);
  const atHand = useMemo(() => keysOf(flat), [flat]);
  const keys = useAllKeys(experimentId, view.deleted, atHand, pages.hasNextPage);
  const language = useMemo(() => runLanguage(keys), [keys]);
  const chosen = view.columns ?? defaultColumns(atHand);
  const chosenText = JSON.stringify(chosen);
  const columns = useMemo(() => (JSON.parse(chosenText) as string[]).map(columnOf), [chosenText]);
  const [selection, setSelection] = useState<RowSelectionState>({});
  const isGrouped = view.group !== '';
  const grouped = useGrouped(experimentId, view, columns);
  const flatLines = useMemo(() => runLines(flat), [flat]);
  const runs = isGrouped ? grouped.runs : flat;
  const list = isGrouped ? grouped.pages : pages;
  const selected = Object.keys(selection).filter((id) => selection[id]);
  const exporting = useExport(experimentId, view, columns);

  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list;
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const onSort = useCallback(
    (column: Column) => {
      const isTurned = view.sort.column.id === column.id && view.sort.descending;
      setSearch({ sort: `${column.id}:${isTurned ? 'asc' : 'desc'}` });
    },
    [view.sort, setSearch],
  );
  const error = pages.error ?? (isGrouped ? grouped.pages.error : null);
  const refused = error instanceof ApiError && error.status < 500 ? error : undefined;
  const isWrongFilter = refused !== undefined && view.filter !== '';

  const isDeleted = experiment.data?.experiment?.lifecycle_stage === 'deleted';

  if (experiment.error) {
    return (
      <Page title="Experiment" crumbs={[{ text: 'Experiments', to: '/experiments' }]}>
        <ErrorNote error={experiment.error} retry={() => void experiment.refetch()} />
      </Page>
    );
  }
  return (
    <Page
      full
      title={experiment.data?.experiment?.name ?? `Experiment ${experimentId}`}
      crumbs={[{ text: 'Experiments', to: '/experiments' }]}
      beside={
        <>
          {isDeleted ? <Badge tone="bad">Deleted</Badge> : null}
          <Copy text={experimentId} label="Copy the experiment's id" />
        </>
      }
      actions={
        exporting.running === undefined ? (
          <Button onClick={exporting.start} disabled={flat.length === 0}>
            <Download size={15} aria-hidden /> Export CSV
          </Button>
        ) : (
          <Button onClick={exporting.stop}>
            <X size={15} aria-hidden /> Stop export, {formatCount(exporting.running)} runs
          </Button>
        )
      }
    >
      <ExperimentNav experimentId={experimentId} current="runs" />
      <div className="toolbar">
        <SearchBox
          filter={view.filter}
          label="Filter of runs"
          placeholder="metrics.loss < 0.1 AND params.optimizer = 'adam'"
          language={language}
          error={isWrongFilter ? refused.message : undefined}
          onSearch={(filter) => {
            setSelection({});
            setSearch({ filter });
          }}
        />
        <GroupPicker keys={keys} group={view.group} onGroup={(group) => setSearch({ group })} />
        <ColumnPicker
          keys={keys}
          chosen={chosen}
          onChoose={(ids) => setSearch({ columns: ids && JSON.stringify(ids) })}
        />
        <fieldset className="segments">
          <legend className="hidden">State</legend>
          <button
            type="button"
            aria-pressed={!view.deleted}
            onClick={() => setSearch({ deleted: '' })}
          >
            Active
          </button>
          <button
            type="button"
            aria-pressed={view.deleted}
            onClick={() => {
              setSelection({});
              setSearch({ deleted: '1' });
            }}
          >
            Deleted
          </button>
        </fieldset>
      </div>
      {selected.length > 0 ? (
        <BulkBar
          experimentId={experimentId}
          ids={selected}
          deleted={view.deleted}
          onClear={() => setSelection({})}
          onExport={() =>
            saveText(
              'runs.csv',
              csvOf(
                runs.filter((run) => selection[runId(run)]),
                columns,
              ),
            )
          }
        />
      ) : null}
      {error && !isWrongFilter ? (
        <ErrorNote error={error} retry={() => void list.refetch()} />
      ) : null}
      {list.isPending ? <Loading lines={10} /> : null}
      {pages.isSuccess && flat.length === 0 ? (
        <NoRuns
          experimentId={experimentId}
          filtered={view.filter !== ''}
          deleted={view.deleted || isDeleted}
        />
      ) : null}
      {grouped.fetchers}
      {flat.length > 0 && !list.isPending ? (
        <RunTable
          runs={runs}
          lines={isGrouped ? grouped.lines : flatLines}
          columns={columns}
          group={view.group}
          names={grouped.names}
          sort={view.sort}
          selection={selection}
          onSelection={setSelection}
          onSort={onSort}
          onToggle={grouped.toggle}
          onEnd={onEnd}
          busy={list.isFetching}
        />
      ) : null}
      {flat.length > 0 ? (
        <footer className="run-foot">
          <span role="status">
            {isGrouped
              ? `${counted(grouped.groups.length, 'group')} of ${counted(grouped.count, 'run')}`
              : counted(flat.length, 'run')}
            {hasNextPage ? ' so far, scroll for more' : ''}
          </span>
          {isGrouped && grouped.isPartial ? (
            <span className="warning">
              There are more runs than are counted at once: groups are of the newest{' '}
              {formatCount(grouped.count)}.
            </span>
          ) : null}
          {fresh > 0 && !isGrouped ? (
            <Button kind="quiet" className="small" onClick={() => void pages.refetch()}>
              <RefreshCw size={14} aria-hidden /> Show {fresh} new
            </Button>
          ) : null}
        </footer>
      ) : null}
    </Page>
  );
}

const counted = (count: number, what: string): string =>
  `${formatCount(count)} ${count === 1 ? what : `${what}s`}`;

function NoRuns({
  experimentId,
  filtered,
  deleted,
}: {
  readonly experimentId: string;
  readonly filtered: boolean;
  /** Whether nobody logs runs here. */
  readonly deleted: boolean;
}) {
  if (filtered) return <Empty title="No run fits this filter">Change it, or clear the box.</Empty>;
  if (deleted) return <Empty title="There are none" />;
  return (
    <Empty title="No runs here yet">
      Log the first one with any MLflow client:
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long code is scrolled by keys. */}
      <pre tabIndex={0}>
        {`mlflow.set_tracking_uri("${BASE}")\nmlflow.set_experiment(experiment_id="${experimentId}")\nwith mlflow.start_run():\n    mlflow.log_metric("loss", 0.1)`}
      </pre>
    </Empty>
  );
}
