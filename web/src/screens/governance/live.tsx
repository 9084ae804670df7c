import { useQuery } from '@tanstack/react-query';
import { RotateCcw } from 'lucide-react';
import { useState } from 'react';
import { Asked } from '../../shared/ui/asked.tsx';
import { Button } from '../../shared/ui/button.tsx';
import { More } from '../../shared/ui/more.tsx';
import { Section } from '../../shared/ui/page.tsx';
import { usePages } from '../../shared/use-pages.ts';
import { liveQuery, periodsQuery } from './governance-queries.ts';
import { Periods } from './periods.tsx';
import { Rollback } from './rollback.tsx';

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
            {live.data?.available_actions?.includes('ROLL_BACK') ? (
              <Button kind="danger" onClick={() => setRolling(true)}>
                <RotateCcw size={15} aria-hidden /> Roll back
              </Button>
            ) : null}
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
      {rolling ? <Rollback name={name} periods={all} onClose={() => setRolling(false)} /> : null}
    </div>
  );
}
