import { useQuery } from '@tanstack/react-query';
import { formatAgo } from '../../shared/format.ts';
import { Section } from '../../shared/ui/page.tsx';
import { cardRevisionsQuery } from './governance-queries.ts';

/** Every card that a version had, the newest first. */
export function CardRevisions({
  name,
  version,
}: {
  readonly name: string;
  readonly version: string;
}) {
  const { data } = useQuery({ ...cardRevisionsQuery(name, version), retry: false });
  const { revisions = [] } = data ?? {};
  if (revisions.length === 0) return null;
  return (
    <Section title="Revisions">
      <ul className="plain-list">
        {revisions.map((one) => (
          <li key={one.revision}>
            <b>{one.revision}</b> {one.author === undefined ? '' : `by ${one.author}, `}
            {one.place}, {formatAgo(one.creation_timestamp)}{' '}
            <code className="reason">{one.digest}</code>
          </li>
        ))}
      </ul>
    </Section>
  );
}
