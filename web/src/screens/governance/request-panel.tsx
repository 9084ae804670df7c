import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useMay } from '../../frame/may.ts';
import { api } from '../../shared/api.ts';
import { formatAgo } from '../../shared/format.ts';
import { Badge } from '../../shared/ui/badge.tsx';
import { Button } from '../../shared/ui/button.tsx';
import { ErrorNote } from '../../shared/ui/error-note.tsx';
import { notify } from '../../shared/ui/notices.tsx';
import { Section } from '../../shared/ui/page.tsx';
import { usePages } from '../../shared/use-pages.ts';
import { Decide } from './decide.tsx';
import { ofModel, requestQuery, requestsQuery, type Target } from './governance-queries.ts';

/** The open request for a target, or the way to make one. */
export function RequestPanel({
  name,
  version,
  target,
  to,
  asks,
}: {
  readonly name: string;
  readonly version: string;
  readonly target: Target;
  readonly to: string;
  /** Whether there is anything to ask for. */
  readonly asks: boolean;
}) {
  const { list, things } = usePages(requestsQuery('open', name), (page) => page.requests);
  const listed = things
    .filter((one) => one.version === version)
    .find((one) => ('stage' in target ? one.stage === target.stage : one.alias === target.alias));
  const known = useQuery({
    ...requestQuery(listed?.request_id ?? ''),
    enabled: listed !== undefined,
  });
  const open = listed === undefined ? undefined : (known.data ?? listed);
  if (list.error) return <ErrorNote error={list.error} />;
  if (open === undefined) {
    return list.isPending || !asks ? null : (
      <Ask name={name} version={version} target={target} to={to} />
    );
  }
  return (
    <Section
      title={`Asked for by ${open.creator}`}
      actions={<span className="muted">{formatAgo(open.creation_timestamp)}</span>}
    >
      {open.comment ? <p>{open.comment}</p> : null}
      <ul className="plain-list">
        {(open.approvals ?? []).map((one) => (
          <li key={`${one.approver} ${one.creation_timestamp}`}>
            <Badge tone={one.dismissed_timestamp ? 'neutral' : 'good'}>
              {one.dismissed_timestamp ? 'Dismissed' : 'Approved'}
            </Badge>{' '}
            by <b>{one.approver}</b> as {(one.roles ?? []).join(', ')},{' '}
            {formatAgo(one.creation_timestamp)}
            {one.comment ? <q> {one.comment}</q> : null}
          </li>
        ))}
      </ul>
      <Decide request={open} />
    </Section>
  );
}

function Ask({
  name,
  version,
  target,
  to,
}: {
  readonly name: string;
  readonly version: string;
  readonly target: Target;
  readonly to: string;
}) {
  const queries = useQueryClient();
  const [comment, setComment] = useState('');
  const { edit } = useMay('registered_model', name);
  const ask = useMutation({
    mutationFn: () =>
      api.POST('/api/governance/v1/requests', {
        body: { name, version, ...target, ...(comment.trim() === '' ? {} : { comment }) },
      }),
    onSuccess: async () => {
      notify(`Asked for the promotion to ${to}`);
      await queries.invalidateQueries({ queryKey: ofModel(name) });
    },
  });
  if (!edit) return null;
  return (
    <Section title="Ask for the promotion">
      <div className="ask">
        <input
          type="text"
          className="grow-input"
          aria-label="Comment for those who decide"
          placeholder="Comment for those who decide"
          value={comment}
          onChange={(event) => setComment(event.target.value)}
        />
        <Button kind="primary" disabled={ask.isPending} onClick={() => ask.mutate()}>
          Request promotion to {to}
        </Button>
      </div>
      {ask.error ? <ErrorNote error={ask.error} /> : null}
    </Section>
  );
}
