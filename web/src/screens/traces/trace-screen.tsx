import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { type Params, path } from '../../frame/router.ts';
import type { Schema } from '../../shared/api.ts';
import { formatDuration } from '../../shared/format.ts';
import { Asked } from '../../shared/ui/asked.tsx';
import { Badge } from '../../shared/ui/badge.tsx';
import { Page, Section } from '../../shared/ui/page.tsx';
import { type Span, spanTree, traceQuery } from './trace-queries.ts';
import './traces.css';

/** One trace: its spans as a tree along the time, and what people and judges said of it. */
export function TraceScreen({ params }: { readonly params: Params }) {
  const { experimentId = '', traceId = '' } = params;
  const query = useQuery(traceQuery(traceId));
  return (
    <Page
      title={query.data?.trace_info?.tags?.['mlflow.traceName'] ?? 'Trace'}
      crumbs={[{ text: 'Traces', to: path`/experiments/${experimentId}/traces` }]}
    >
      <Asked query={query}>
        {({ trace_info: info, spans = [] }) => (
          <div className="stack">
            <Spans spans={spans} />
            <Assessments assessments={info?.assessments ?? []} />
          </div>
        )}
      </Asked>
    </Page>
  );
}

function Spans({ spans }: { readonly spans: readonly Schema<'OtelSpan'>[] }) {
  const tree = useMemo(() => spanTree(spans), [spans]);
  const [open, setOpen] = useState<string>();
  const total = Math.max(1e-6, ...tree.map(({ start, duration }) => start + (duration || 0)));
  const shown = tree.find(({ id }) => id === open) ?? tree[0];
  return (
    <div className="trace">
      <Section title="Spans">
        <ol className="spans">
          {tree.map((span) => (
            <li key={span.id}>
              <button
                type="button"
                className="span"
                aria-pressed={span === shown}
                onClick={() => setOpen(span.id)}
              >
                <span className="span-name" style={{ paddingLeft: `${span.depth * 16}px` }}>
                  {span.name} {span.failed ? <Badge tone="bad">Error</Badge> : null}
                </span>
                <span className="track" aria-hidden>
                  <span
                    className={span.failed ? 'stretch bad' : 'stretch'}
                    style={{
                      left: `${(100 * span.start) / total}%`,
                      width: `${Math.max(0.5, (100 * (span.duration || 0)) / total)}%`,
                    }}
                  />
                </span>
                <span className="number">{formatDuration(span.duration)}</span>
              </button>
            </li>
          ))}
        </ol>
        {tree.length === 0 ? <p className="muted">No span has arrived.</p> : null}
      </Section>
      {shown === undefined ? null : <Attributes span={shown} />}
    </div>
  );
}

function Attributes({ span }: { readonly span: Span }) {
  return (
    <Section title={span.name}>
      <dl className="attributes">
        {span.attributes.map(([key, value]) => (
          <div key={key}>
            <dt>{key}</dt>
            <dd>
              <pre>{value}</pre>
            </dd>
          </div>
        ))}
      </dl>
      {span.attributes.length === 0 ? <p className="muted">It has no attributes.</p> : null}
    </Section>
  );
}

function Assessments({ assessments }: { readonly assessments: readonly Schema<'Assessment'>[] }) {
  return (
    <Section title="Assessments">
      {assessments.length === 0 ? <p className="muted">Nobody has assessed it yet.</p> : null}
      <dl className="attributes">
        {assessments.map((one) => (
          <div key={one.assessment_id}>
            <dt>{one.assessment_name}</dt>
            <dd>
              <Badge tone="info">
                {JSON.stringify(one.feedback?.value ?? one.expectation ?? one.error ?? null)}
              </Badge>{' '}
              by {one.source?.source_id} {one.valid === false ? '(overridden)' : ''}
              {one.rationale ? <p>{one.rationale}</p> : null}
            </dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}
