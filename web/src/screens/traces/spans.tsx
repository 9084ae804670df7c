import { ChevronDown, ChevronRight } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { Schema } from '../../shared/api.ts';
import { formatDuration } from '../../shared/format.ts';
import { Badge } from '../../shared/ui/badge.tsx';
import { Section } from '../../shared/ui/page.tsx';
import { type Span, spanTree } from './span-tree.ts';

/** More spans than these are not laid out at once. */
const MOST_SPANS = 1_000;
const TICKS = [0, 0.25, 0.5, 0.75, 1];

/** The spans of a trace as a tree, each where it lies in time, and what the chosen one holds. */
export function Spans({ spans }: { readonly spans: readonly Schema<'OtelSpan'>[] }) {
  const tree = useMemo(() => spanTree(spans), [spans]);
  const [chosen, setChosen] = useState<string>();
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const total = tree.reduce(
    (most, { start, duration }) => Math.max(most, start + (duration || 0)),
    1e-6,
  );
  const open = tree.filter(({ above }) => !above.some((id) => closed.has(id)));
  const shown = tree.find(({ id }) => id === chosen) ?? tree[0];
  const toggle = (id: string) => {
    const next = new Set(closed);
    if (!next.delete(id)) next.add(id);
    setClosed(next);
  };
  return (
    <div className="trace">
      <Section title={`Spans (${tree.length})`}>
        {tree.length === 0 ? <p className="muted">No span has arrived.</p> : null}
        {tree.length === 0 ? null : (
          <>
            <div className="span ruler" aria-hidden>
              <span />
              <span className="ticks">
                {TICKS.map((part) => (
                  <span key={part}>{formatDuration(total * part)}</span>
                ))}
              </span>
              <span />
            </div>
            <ol className="spans">
              {open.slice(0, MOST_SPANS).map((span) => (
                <SpanLine
                  key={span.id}
                  span={span}
                  total={total}
                  chosen={span === shown}
                  open={!closed.has(span.id)}
                  onChoose={() => setChosen(span.id)}
                  onToggle={() => toggle(span.id)}
                />
              ))}
            </ol>
            {open.length > MOST_SPANS ? (
              <p className="muted">
                The first {MOST_SPANS} of {open.length}; close some to see those behind.
              </p>
            ) : null}
          </>
        )}
      </Section>
      {shown === undefined ? null : <SpanContent span={shown} />}
    </div>
  );
}

function SpanLine({
  span,
  total,
  chosen,
  open,
  onChoose,
  onToggle,
}: {
  readonly span: Span;
  readonly total: number;
  readonly chosen: boolean;
  readonly open: boolean;
  readonly onChoose: () => void;
  readonly onToggle: () => void;
}) {
  const { name, type, depth, start, duration, failed } = span;
  const isOver = Number.isFinite(duration);
  return (
    <li className={chosen ? 'span chosen' : 'span'}>
      <span className="span-name" style={{ paddingLeft: `${Math.min(depth, 12) * 14}px` }}>
        {span.isParent ? (
          <button
            type="button"
            className="span-toggle"
            aria-expanded={open}
            aria-label={`Spans below ${name}`}
            onClick={onToggle}
          >
            {open ? <ChevronDown size={14} aria-hidden /> : <ChevronRight size={14} aria-hidden />}
          </button>
        ) : (
          <span className="span-toggle" />
        )}
        <button type="button" className="span-choice" aria-pressed={chosen} onClick={onChoose}>
          {name || 'Without a name'}
        </button>
        {failed ? <Badge tone="bad">Error</Badge> : null}
        {type === '' || type === 'UNKNOWN' ? null : <small>{type.slice(0, 40)}</small>}
      </span>
      <span className="track" aria-hidden>
        <span
          className={failed ? 'stretch bad' : 'stretch'}
          style={{
            left: `${Math.min(99.5, (100 * start) / total)}%`,
            width: `${Math.max(0.5, (100 * (isOver ? duration : total - start)) / total)}%`,
          }}
        />
      </span>
      <span className="number span-took">{isOver ? formatDuration(duration) : 'goes on'}</span>
    </li>
  );
}

function SpanContent({ span }: { readonly span: Span }) {
  const { name, message, inputs, outputs, attributes, events } = span;
  return (
    <Section title={name || 'Without a name'}>
      <div className="span-content">
        {message === '' ? null : <Text title="Error" text={message} bad />}
        {inputs === undefined ? null : <Text title="Inputs" text={inputs} />}
        {outputs === undefined ? null : <Text title="Outputs" text={outputs} />}
        {events.map((event, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: an event has no other name.
          <details key={index}>
            <summary>
              {event.name} <span className="muted">after {formatDuration(event.time)}</span>
            </summary>
            <Pairs pairs={event.attributes} />
          </details>
        ))}
        {attributes.length === 0 ? null : (
          <details open={inputs === undefined && outputs === undefined}>
            <summary>Attributes ({attributes.length})</summary>
            <Pairs pairs={attributes} />
          </details>
        )}
        {(inputs ?? outputs ?? attributes[0] ?? events[0]) ? null : (
          <p className="muted">Nothing was noted of it.</p>
        )}
      </div>
    </Section>
  );
}

const MOST_LETTERS = 100_000;

function Text({
  title,
  text,
  bad = false,
}: {
  readonly title: string;
  readonly text: string;
  readonly bad?: boolean;
}) {
  return (
    <div>
      <h3>{title}</h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard. */}
      <pre className={bad ? 'span-text bad' : 'span-text'} tabIndex={0}>
        {text.slice(0, MOST_LETTERS)}
      </pre>
    </div>
  );
}

function Pairs({ pairs }: { readonly pairs: readonly (readonly [string, string])[] }) {
  return (
    <dl className="attributes">
      {pairs.slice(0, 500).map(([key, value]) => (
        <div key={key}>
          <dt>{key}</dt>
          <dd>
            <pre>{value.slice(0, MOST_LETTERS)}</pre>
          </dd>
        </div>
      ))}
    </dl>
  );
}
