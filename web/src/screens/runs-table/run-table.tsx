import {
  type ColumnDef,
  getCoreRowModel,
  type OnChangeFn,
  type RowSelectionState,
  useReactTable,
} from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, ArrowUp, ChevronDown, ChevronRight } from 'lucide-react';
import { type CSSProperties, useEffect, useMemo, useRef } from 'react';
import { path } from '../../frame/router.ts';
import { formatCount, formatNumber } from '../../shared/format.ts';
import { RunStatus } from '../../shared/ui/badge.tsx';
import { type Column, columnOf, isSortable, type Run, runId, shownValue } from './columns.ts';
import { GroupName } from './group-name.tsx';
import type { Line } from './rows.ts';

const NAME = columnOf('attributes.run_name');
const ROW = 38;
const SELECT_WIDTH = 40;
/** Begins to fetch the next page when so many lines are left. */
const AHEAD = 30;

export interface RunTableProps {
  readonly runs: readonly Run[];
  readonly lines: readonly Line[];
  readonly columns: readonly Column[];
  readonly group: string;
  /** Of runs by which others are grouped. */
  readonly names: ReadonlyMap<string, string>;
  readonly sort: { readonly column: Column; readonly descending: boolean };
  readonly selection: RowSelectionState;
  readonly onSelection: OnChangeFn<RowSelectionState>;
  readonly onSort: (column: Column) => void;
  readonly onToggle: (group: string) => void;
  readonly onEnd: () => void;
  readonly busy: boolean;
}

/** Thousands of runs, of which only those in sight are in the page. */
export function RunTable(props: RunTableProps) {
  const { runs, lines, columns, onEnd } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const definitions = useMemo<ColumnDef<Run>[]>(
    () => [NAME, ...columns].map(({ id, label, width }) => ({ id, header: label, size: width })),
    [columns],
  );
  const table = useReactTable<Run>({
    data: runs as Run[],
    columns: definitions,
    getRowId: runId,
    getCoreRowModel: getCoreRowModel(),
    manualSorting: true,
    state: { rowSelection: props.selection },
    onRowSelectionChange: props.onSelection,
  });
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 12,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= lines.length - AHEAD) onEnd();
  }, [last, lines.length, onEnd]);

  const widths = table.getFlatHeaders().map((header) => header.getSize());
  const template = `${SELECT_WIDTH}px ${widths.map((width) => `minmax(${width}px, ${width}fr)`).join(' ')}`;
  const width = widths.reduce((sum, each) => sum + each, SELECT_WIDTH);
  const style = { '--columns': template, minWidth: width } as CSSProperties;

  return (
    <div
      className="run-table"
      ref={scroller}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard.
      tabIndex={0}
      aria-busy={props.busy}
      role="group"
      aria-label="Runs"
    >
      <div role="table" aria-label="Runs" aria-rowcount={-1} style={style}>
        <div role="rowgroup" className="run-head">
          <div role="row" className="run-row">
            <div role="columnheader" className="cell select">
              <input
                type="checkbox"
                aria-label="Select all loaded runs"
                checked={table.getIsAllRowsSelected()}
                ref={(box) => {
                  if (box !== null) box.indeterminate = table.getIsSomeRowsSelected();
                }}
                onChange={table.getToggleAllRowsSelectedHandler()}
              />
            </div>
            {[NAME, ...columns].map((column) => (
              <Head key={column.id} column={column} {...props} />
            ))}
          </div>
        </div>
        <div role="rowgroup" className="run-body" style={{ height: virtual.getTotalSize() }}>
          {items.map(({ index, start }) => {
            const line = lines[index];
            if (line === undefined) return null;
            const place = { transform: `translateY(${start}px)` };
            if (line.kind === 'group') {
              return <GroupRow key={`group ${line.id}`} line={line} style={place} {...props} />;
            }
            if (line.kind === 'more') {
              return <MoreRow key={`more ${line.id}`} line={line} style={place} />;
            }
            const id = runId(line.run);
            return (
              <Row
                key={id}
                run={line.run}
                columns={columns}
                indented={props.group !== ''}
                selected={props.selection[id] === true}
                onSelect={(on) => table.getRow(id).toggleSelected(on)}
                style={place}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}

function Head({ column, sort, onSort }: RunTableProps & { readonly column: Column }) {
  const isSorted = sort.column.id === column.id;
  const direction = sort.descending ? 'descending' : 'ascending';
  const kind = column.kind === 'attributes' ? null : <small>{column.kind}</small>;
  const numeric = column.kind === 'metrics' || column.key === 'duration' ? ' end' : '';
  const first = column.id === NAME.id ? ' first' : '';
  return (
    <div
      role="columnheader"
      className={`cell${first}${numeric}`}
      aria-sort={isSorted ? direction : 'none'}
      title={column.id}
    >
      {isSortable(column) ? (
        <button type="button" onClick={() => onSort(column)}>
          <span>
            {kind}
            {column.label}
          </span>
          {isSorted ? (
            sort.descending ? (
              <ArrowDown size={13} aria-hidden />
            ) : (
              <ArrowUp size={13} aria-hidden />
            )
          ) : null}
        </button>
      ) : (
        <span>{column.label}</span>
      )}
    </div>
  );
}

function GroupRow({
  line,
  group,
  names,
  columns,
  onToggle,
  style,
}: RunTableProps & { readonly line: Line & { kind: 'group' }; readonly style: CSSProperties }) {
  return (
    <div role="row" className="run-row group" style={style}>
      <div role="cell" className="cell select" />
      <div role="cell" className="cell first">
        <button type="button" aria-expanded={line.open} onClick={() => onToggle(line.id)}>
          {line.open ? (
            <ChevronDown size={15} aria-hidden />
          ) : (
            <ChevronRight size={15} aria-hidden />
          )}
          <GroupName group={group} value={line.value} names={names} />
          <span className="count" title={`${formatCount(line.count)} runs`}>
            {formatCount(line.count)}
          </span>
        </button>
      </div>
      {columns.map((column) => {
        const mean = column.kind === 'metrics' ? line.means.get(column.key) : undefined;
        return (
          <div
            key={column.id}
            role="cell"
            className="cell end number"
            title={mean && `Mean of ${formatCount(mean.count)} runs: ${mean.mean}`}
          >
            {mean === undefined ? null : (
              <>
                <span className="mean" aria-hidden>
                  ⌀{' '}
                </span>
                <span className="hidden">Mean </span>
                {formatNumber(mean.mean)}
              </>
            )}
          </div>
        );
      })}
    </div>
  );
}

/** Runs of a group that are on the way, and asked for when they come into sight. */
function MoreRow({
  line,
  style,
}: {
  readonly line: Line & { kind: 'more' };
  readonly style: CSSProperties;
}) {
  const { load } = line;
  useEffect(load, [load]);
  return (
    <div role="row" className="run-row" style={style}>
      <div role="cell" className="cell select" />
      <div role="cell" className="cell first indented muted">
        {line.error === null ? 'Loading runs…' : line.error.message}
      </div>
    </div>
  );
}

function Row({
  run,
  columns,
  indented,
  selected,
  onSelect,
  style,
}: {
  readonly run: Run;
  readonly columns: readonly Column[];
  readonly indented: boolean;
  readonly selected: boolean;
  readonly onSelect: (on: boolean) => void;
  readonly style: CSSProperties;
}) {
  const { experiment_id: experiment = '', run_name: name = '' } = run.info ?? {};
  const id = runId(run);
  return (
    <div role="row" className={selected ? 'run-row selected' : 'run-row'} style={style}>
      <div role="cell" className="cell select">
        <input
          type="checkbox"
          aria-label={`Select run ${name}`}
          checked={selected}
          onChange={(event) => onSelect(event.target.checked)}
        />
      </div>
      <div role="cell" className={indented ? 'cell first indented' : 'cell first'}>
        <a href={`#${path`/experiments/${experiment}/runs/${id}`}`} title={name}>
          {name || id}
        </a>
      </div>
      {columns.map((column) => {
        const value = shownValue(run, column);
        const numeric = column.kind === 'metrics' || column.key === 'duration';
        return (
          <div
            key={column.id}
            role="cell"
            className={numeric ? 'cell end number' : 'cell'}
            title={value}
          >
            {value === undefined ? (
              <span className="none">–</span>
            ) : column.id === 'attributes.status' ? (
              <RunStatus status={value} />
            ) : (
              value.slice(0, 300)
            )}
          </div>
        );
      })}
    </div>
  );
}
