import { useMemo } from 'react';
import { path, useSearch } from '../../frame/router.ts';
import { Empty } from '../../shared/ui/empty.tsx';
import { ErrorNote } from '../../shared/ui/error-note.tsx';
import { Loading } from '../../shared/ui/loading.tsx';
import { Page } from '../../shared/ui/page.tsx';
import { Tabs } from '../../shared/ui/tabs.tsx';
import { dimensionsOf, useComparedRuns } from './compared-runs.ts';
import { CurvesTab } from './curves-tab.tsx';
import { DifferencesTab } from './differences-tab.tsx';
import { ContourTab, ParallelTab, ScatterTab } from './picture-tabs.tsx';
import './compare.css';

/** Runs side by side. */
export function CompareScreen() {
  const { ids, runs, isPending, error } = useComparedRuns();
  const [search, setSearch] = useSearch();
  const dimensions = useMemo(() => dimensionsOf(runs), [runs]);
  const experiment = runs[0]?.info?.experiment_id;
  const crumbs = [
    { text: 'Experiments', to: '/experiments' },
    ...(experiment === undefined ? [] : [{ text: 'Runs', to: path`/experiments/${experiment}` }]),
  ];
  return (
    <Page title={`Compare ${ids.length} runs`} crumbs={crumbs}>
      {ids.length === 0 ? (
        <Empty title="No runs to compare">Select some in the list of an experiment.</Empty>
      ) : null}
      {error === undefined ? null : <ErrorNote error={error} />}
      {isPending && ids.length > 0 ? <Loading /> : null}
      {!isPending && runs.length > 0 ? (
        <Tabs
          label="Ways to compare"
          value={search.get('tab') ?? 'differences'}
          onChange={(tab) => setSearch({ tab })}
          tabs={[
            { id: 'differences', label: 'Values', content: () => <DifferencesTab runs={runs} /> },
            { id: 'curves', label: 'Curves', content: () => <CurvesTab runs={runs} /> },
            {
              id: 'parallel',
              label: 'Parallel coordinates',
              content: () => <ParallelTab runs={runs} dimensions={dimensions} />,
            },
            {
              id: 'scatter',
              label: 'Scatter',
              content: () => <ScatterTab runs={runs} dimensions={dimensions} />,
            },
            {
              id: 'contour',
              label: 'Contour',
              content: () => <ContourTab runs={runs} dimensions={dimensions} />,
            },
          ]}
        />
      ) : null}
    </Page>
  );
}
