import { path } from '../../frame/router.ts';

type Part = 'runs' | 'traces';

/** What an experiment holds: its runs, and its traces. */
export function ExperimentNav({
  experimentId,
  current,
}: {
  readonly experimentId: string;
  readonly current: Part;
}) {
  const parts: readonly (readonly [Part, string, string])[] = [
    ['runs', 'Runs', path`/experiments/${experimentId}`],
    ['traces', 'Traces', path`/experiments/${experimentId}/traces`],
  ];
  return (
    <nav className="tab-list" aria-label="Parts of the experiment">
      {parts.map(([part, text, to]) => (
        <a
          key={part}
          className="tab"
          href={`#${to}`}
          aria-current={part === current ? 'page' : undefined}
        >
          {text}
        </a>
      ))}
    </nav>
  );
}
