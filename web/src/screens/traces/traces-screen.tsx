import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { type Params, useSearch } from '../../frame/router.ts';
import { ApiError } from '../../shared/api.ts';
import { SearchBox } from '../../shared/search/search-box.tsx';
import { Asked } from '../../shared/ui/asked.tsx';
import { Empty } from '../../shared/ui/empty.tsx';
import { More } from '../../shared/ui/more.tsx';
import { Page } from '../../shared/ui/page.tsx';
import { usePages } from '../../shared/use-pages.ts';
import { ExperimentNav } from '../experiments/experiment-nav.tsx';
import { experimentQuery } from '../runs-table/runs-query.ts';
import { traceLanguage } from './trace-language.ts';
import { tracesQuery } from './trace-queries.ts';
import { TraceTable } from './trace-table.tsx';

/** Traces of an experiment. */
export function TracesScreen({ params }: { readonly params: Params }) {
  const { experimentId = '' } = params;
  const [search, setSearch] = useSearch();
  const filter = search.get('filter') ?? '';
  const experiment = useQuery(experimentQuery(experimentId)).data?.experiment;
  const { list, things: traces } = usePages(
    tracesQuery(experimentId, filter),
    (page) => page.traces,
  );
  const language = useMemo(() => traceLanguage(traces), [traces]);
  const { error } = list;
  const refused =
    filter !== '' && error instanceof ApiError && error.status < 500 ? error.message : undefined;
  return (
    <Page
      title={experiment?.name ?? `Experiment ${experimentId}`}
      crumbs={[{ text: 'Experiments', to: '/experiments' }]}
    >
      <ExperimentNav experimentId={experimentId} current="traces" />
      <div className="toolbar">
        <SearchBox
          label="Filter of traces"
          placeholder="trace.status = 'ERROR' AND trace.execution_time_ms > 500"
          filter={filter}
          language={language}
          error={refused}
          onSearch={(text) => setSearch({ filter: text })}
        />
      </div>
      {refused === undefined ? (
        <Asked query={list}>
          {() =>
            traces.length === 0 ? (
              <Empty title={filter === '' ? 'No traces yet' : 'No trace fits this filter'}>
                {filter === '' ? (
                  <>
                    Functions marked with <code>@mlflow.trace</code> leave their traces here.
                  </>
                ) : (
                  'Change it, or clear the box.'
                )}
              </Empty>
            ) : (
              <TraceTable experimentId={experimentId} traces={traces} />
            )
          }
        </Asked>
      ) : null}
      <More list={list} />
    </Page>
  );
}
