import { useQuery } from '@tanstack/react-query';
import { RotateCcw } from 'lucide-react';
import { useState } from 'react';
import { path } from '../../frame/router.ts';
import { formatTime } from '../../shared/format.ts';
import { Asked } from '../../shared/ui/asked.tsx';
import { Button } from '../../shared/ui/button.tsx';
import { More } from '../../shared/ui/more.tsx';
import { Section } from '../../shared/ui/page.tsx';
import { usePages } from '../../shared/use-pages.ts';
import { liveQuery, periodsQuery } from './governance-queries.ts';
import { Rollback } from './rollback.tsx';

interface Period {
  readonly version?: string;
  readonly stage?: string;
  readonly alias?: string;
  readonly from?: number;
  readonly entered_by?: string;
  readonly to?: number;
  readonly left_by?: string;
  readonly left_because?: string;
}

/** What serves, what served at a time, and the way back. */
export function Live({ name }: { readonly name: string }) {
  const [at, setAt] = useState('');
  const [rolling, setRolling] = useState(false);
  const time = at === '' ? '' : new Date(at).toISOString();
  const live = useQuery(liveQuery(name, time));
  const { list: periods, things: all } = usePages(periodsQuery(name), (page) => page.periods);
  return (
    <div className="stack">
      <Section
        title={at === '' ? 'Live now' : 'Live then'}
        actions={
          <div className="ask">
            <label className="inline-field">
              At{' '}
              <input
                className="input"
                type="datetime-local"
                value={at}
                onChange={(event) => setAt(event.target.value)}
              />
            </label>
            <Button kind="danger" onClick={() => setRolling(true)}>
              <RotateCcw size={15} aria-hidden /> Roll back
            </Button>
          </div>
        }
      >
        <Asked query={live}>
          {({ live: rows = [] }) => (
            <Periods name={name} periods={rows} none="No version was live." label="Live versions" />
          )}
        </Asked>
      </Section>
      <Section title="What was live when">
        <Asked query={periods}>
          {() => <Periods name={name} periods={all} none="Nothing yet." label="Periods" />}
        </Asked>
        <More list={periods} />
      </Section>
      {rolling ? <Rollback name={name} onClose={() => setRolling(false)} /> : null}
    </div>
  );
}

function Periods({
  name,
  periods,
  none,
  label,
}: {
  readonly name: string;
  readonly periods: readonly Period[];
  readonly none: string;
  readonly label: string;
}) {
  if (periods.length === 0) return <p className="muted">{none}</p>;
  return (
    <div className="table-wrap">
      <table className="list tight" aria-label={label}>
        <thead>
          <tr>
            <th>Where</th>
            <th>Version</th>
            <th>From</th>
            <th>To</th>
            <th className="wide-only">Why it left</th>
          </tr>
        </thead>
        <tbody>
          {periods.map((one) => (
            <tr key={`${one.stage} ${one.alias} ${one.version} ${one.from}`}>
              <td>{one.alias ? `@${one.alias}` : one.stage}</td>
              <td>
                <a href={`#${path`/models/${name}/versions/${one.version ?? ''}`}`}>
                  Version {one.version}
                </a>
              </td>
              <td>
                {formatTime(one.from)} <span className="muted">by {one.entered_by}</span>
              </td>
              <td>
                {one.to ? (
                  <>
                    {formatTime(one.to)} <span className="muted">by {one.left_by}</span>
                  </>
                ) : (
                  'still there'
                )}
              </td>
              <td className="wide-only">{one.left_because}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
