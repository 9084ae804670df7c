import { path } from '../../frame/router.ts';
import { formatTime } from '../../shared/format.ts';
import { Copy } from '../../shared/ui/copy.tsx';
import { Facts } from '../../shared/ui/facts.tsx';
import { Section } from '../../shared/ui/page.tsx';
import type { Version } from './registry-queries.ts';
import { useRun } from './use-run.ts';

export function VersionDetails({ version }: { readonly version: Version }) {
  const run = useRun(version.run_id);
  const experiment = run?.info?.experiment_id ?? '0';
  const { run_id: runId = '' } = version;
  return (
    <Section title="Details">
      <Facts
        facts={[
          ['Created', formatTime(version.creation_timestamp)],
          ['Changed', formatTime(version.last_updated_timestamp)],
          version.user_id ? ['By', version.user_id] : undefined,
          version.status === 'READY'
            ? undefined
            : ['State', version.status_message || version.status],
          runId === ''
            ? undefined
            : [
                'Source run',
                <a key="run" href={`#${path`/experiments/${experiment}/runs/${runId}`}`}>
                  {run?.info?.run_name ?? runId}
                </a>,
              ],
          [
            'Source',
            <span key="source" className="with-copy">
              <code>{version.source}</code>
              <Copy text={version.source ?? ''} label="Copy the source" />
            </span>,
          ],
        ]}
      />
    </Section>
  );
}
