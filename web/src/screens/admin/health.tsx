import { useQuery } from '@tanstack/react-query';
import { ApiError, fetchFile } from '../../shared/api.ts';
import { formatBytes, formatDuration, formatNumber, formatTime } from '../../shared/format.ts';
import { Asked } from '../../shared/ui/asked.tsx';
import { Badge } from '../../shared/ui/badge.tsx';
import { type Fact, Facts } from '../../shared/ui/facts.tsx';
import { Section } from '../../shared/ui/page.tsx';

const textQuery = (path: string) => ({
  queryKey: ['health', path],
  refetchInterval: 10_000,
  retry: false,
  queryFn: async ({ signal }: { signal: AbortSignal }) => (await fetchFile(path, signal)).text(),
});

interface Metric {
  readonly name: string;
  readonly help: string;
  readonly value: number;
}

/** The sum of each metric of Prometheus' text; buckets and quantiles are left to Prometheus. */
function readMetrics(text: string): readonly Metric[] {
  const helps = new Map<string, string>();
  const sums = new Map<string, number>();
  for (const line of text.split('\n')) {
    const help = /^# HELP (\S+) (.*)$/.exec(line);
    if (help !== null) helps.set(help[1] ?? '', help[2] ?? '');
    const [, name, labels = '', value] = /^([a-zA-Z_:]\w*)(\{.*\})? (\S+)/.exec(line) ?? [];
    if (name === undefined || labels.includes('quantile=') || name.endsWith('_bucket')) continue;
    sums.set(name, (sums.get(name) ?? 0) + Number(value));
  }
  return [...sums].map(([name, value]) => ({
    ...{ name, value },
    help: helps.get(name) ?? helps.get(name.replace(/_(sum|count|total)$/, '')) ?? '',
  }));
}

/** What most people want to know of the counts. */
function summaryOf(text: string | undefined): readonly Fact[] {
  if (text === undefined) return [];
  const values = new Map(readMetrics(text).map(({ name, value }) => [name, value]));
  const fact = (label: string, name: string, format: (value: number) => string): Fact[] => {
    const value = values.get(name);
    return value === undefined ? [] : [[label, format(value)]];
  };
  const http = 'runledger_http_request';
  return [
    ...fact('Up since', 'process_start_time_seconds', (value) => formatTime(value * 1000)),
    ...fact(
      'Answered',
      `${http}_duration_seconds_count`,
      (value) => `${formatNumber(value)} requests`,
    ),
    ...fact('Being answered', `${http}s_in_flight`, formatNumber),
    ...fact('Memory', 'process_resident_memory_bytes', formatBytes),
    ...fact('Jobs that wait', 'runledger_jobs_due', formatNumber),
    ...fact(
      'Event loop',
      'nodejs_eventloop_lag_p99_seconds',
      (value) => `${formatDuration(value * 1000)} late at the 99th percentile`,
    ),
  ];
}

/** Whether the server works, which one it is, and what it counts. */
export function Health() {
  const ready = useQuery(textQuery('/ready'));
  const version = useQuery(textQuery('/version'));
  const metrics = useQuery(textQuery('/metrics'));
  const problem = ready.error instanceof ApiError ? ready.error.message : ready.error?.message;
  return (
    <div className="stack">
      <Section title="Server">
        <Facts
          facts={[
            [
              'State',
              problem === undefined ? (
                <Badge key="state" tone={ready.data === undefined ? 'neutral' : 'good'}>
                  {ready.data === undefined ? 'Asking' : 'Ready, with its database'}
                </Badge>
              ) : (
                <Badge key="state" tone="bad">
                  {problem}
                </Badge>
              ),
            ],
            ['API of MLflow', version.data ?? '—'],
            ...summaryOf(metrics.data),
          ]}
        />
      </Section>
      <Section title="What it counts">
        <Asked query={metrics}>
          {(text) => (
            <div className="table-wrap">
              <table className="list tight stacks">
                <thead>
                  <tr>
                    <th>Metric</th>
                    <th className="end">Sum</th>
                    <th>What it is</th>
                  </tr>
                </thead>
                <tbody>
                  {readMetrics(text).map(({ name, value, help }) => (
                    <tr key={name}>
                      <td>
                        <code>{name}</code>
                      </td>
                      <td className="end number" data-label="Sum">
                        {formatNumber(value)}
                      </td>
                      <td className="muted">{help}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )}
        </Asked>
      </Section>
    </div>
  );
}
