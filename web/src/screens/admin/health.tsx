import { useQuery } from '@tanstack/react-query';
import { ApiError, fetchFile } from '../../shared/api.ts';
import { formatNumber } from '../../shared/format.ts';
import { Asked } from '../../shared/ui/asked.tsx';
import { Badge } from '../../shared/ui/badge.tsx';
import { Facts } from '../../shared/ui/facts.tsx';
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
          ]}
        />
      </Section>
      <Section title="What it counts">
        <Asked query={metrics}>
          {(text) => (
            <div className="table-wrap">
              <table className="list tight">
                <thead>
                  <tr>
                    <th>Metric</th>
                    <th className="end">Sum</th>
                    <th className="wide-only">What it is</th>
                  </tr>
                </thead>
                <tbody>
                  {readMetrics(text).map(({ name, value, help }) => (
                    <tr key={name}>
                      <td>
                        <code>{name}</code>
                      </td>
                      <td className="end number">{formatNumber(value)}</td>
                      <td className="wide-only muted">{help}</td>
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
