import { useState } from 'react';
import { path } from '../../frame/router.ts';
import { formatDuration, formatNumber, formatTime } from '../../shared/format.ts';
import { RunStatus } from '../../shared/ui/badge.tsx';
import { columnOf, durationOf, keysOf, type Run, rawValue, runId } from '../runs-table/columns.ts';
import { nameOf } from './compared-runs.ts';

interface Line {
  readonly id: string;
  readonly label: string;
  readonly values: readonly (string | undefined)[];
  readonly differs: boolean;
}

const line = (id: string, runs: readonly Run[]): Line => {
  const values = runs.map((run) => rawValue(run, id));
  return { id, label: columnOf(id).label, values, differs: new Set(values).size > 1 };
};

/** All values of runs beside each other; those that differ are marked. */
export function DifferencesTab({ runs }: { readonly runs: readonly Run[] }) {
  const [only, setOnly] = useState(false);
  const keys = keysOf(runs);
  const groups: readonly [string, readonly Line[]][] = [
    ['Metrics', keys.metrics.map((key) => line(`metrics.${key}`, runs))],
    ['Parameters', keys.params.map((key) => line(`params.${key}`, runs))],
    [
      'Tags',
      keys.tags.filter((key) => !key.startsWith('mlflow.')).map((key) => line(`tags.${key}`, runs)),
    ],
  ];
  return (
    <div className="stack">
      <label className="check">
        <input type="checkbox" checked={only} onChange={(event) => setOnly(event.target.checked)} />
        Only what differs
      </label>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard. */}
      <section className="table-wrap compare-wrap" tabIndex={0} aria-label="Values of the runs">
        <table className="list tight compare">
          <thead>
            <tr>
              <th scope="col">Run</th>
              {runs.map((run) => (
                <th key={runId(run)} scope="col">
                  <a
                    href={`#${path`/experiments/${run.info?.experiment_id ?? ''}/runs/${runId(run)}`}`}
                  >
                    {nameOf(run)}
                  </a>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <tr>
              <th scope="row">Status</th>
              {runs.map((run) => (
                <td key={runId(run)}>
                  <RunStatus status={run.info?.status} />
                </td>
              ))}
            </tr>
            <tr>
              <th scope="row">Started</th>
              {runs.map((run) => (
                <td key={runId(run)}>{formatTime(run.info?.start_time)}</td>
              ))}
            </tr>
            <tr>
              <th scope="row">Duration</th>
              {runs.map((run) => (
                <td key={runId(run)}>{formatDuration(durationOf(run))}</td>
              ))}
            </tr>
          </tbody>
          {groups.map(([title, lines]) => (
            <Group
              key={title}
              title={title}
              runs={runs}
              lines={lines.filter(({ differs }) => differs || !only)}
            />
          ))}
        </table>
      </section>
    </div>
  );
}

function Group({
  title,
  lines,
  runs,
}: {
  readonly title: string;
  readonly lines: readonly Line[];
  readonly runs: readonly Run[];
}) {
  if (lines.length === 0) return null;
  return (
    <tbody>
      <tr className="group-head">
        <th scope="rowgroup" colSpan={runs.length + 1}>
          {title}
        </th>
      </tr>
      {lines.map(({ id, label, values, differs }) => {
        const best = title === 'Metrics' && differs ? extremes(values) : undefined;
        return (
          <tr key={id} className={differs ? 'differs' : undefined}>
            <th scope="row">
              {label}
              {differs ? <span className="hidden"> (differs)</span> : null}
            </th>
            {values.map((value, index) => (
              <td key={runId(runs[index] ?? {})} title={value?.slice(0, 500)}>
                {value === undefined ? (
                  <span className="muted">–</span>
                ) : title === 'Metrics' ? (
                  <span className="number">
                    {formatNumber(value)}
                    {best?.max === index ? <small title="highest"> ▲</small> : null}
                    {best?.min === index ? <small title="lowest"> ▼</small> : null}
                  </span>
                ) : (
                  value.slice(0, 300)
                )}
              </td>
            ))}
          </tr>
        );
      })}
    </tbody>
  );
}

/** Where the highest and the lowest value stand. */
function extremes(values: readonly (string | undefined)[]): { max: number; min: number } {
  const numbers = values.map((value) => (value === undefined ? Number.NaN : Number(value)));
  const known = numbers.filter(Number.isFinite);
  return { max: numbers.indexOf(Math.max(...known)), min: numbers.indexOf(Math.min(...known)) };
}
