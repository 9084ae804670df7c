import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api } from '../../shared/api.ts';
import { formatAgo, formatTime } from '../../shared/format.ts';
import { Asked } from '../../shared/ui/asked.tsx';
import { Badge } from '../../shared/ui/badge.tsx';
import { Button } from '../../shared/ui/button.tsx';
import { ErrorNote } from '../../shared/ui/error-note.tsx';
import { Section } from '../../shared/ui/page.tsx';
import { activitiesQuery, ofModel } from './governance-queries.ts';

const WORDS: Readonly<Record<string, string>> = {
  APPLIED_TRANSITION: 'moved the version',
  REQUESTED_TRANSITION: 'asked for a promotion',
  CANCELLED_REQUEST: 'took the request back',
  APPROVED_REQUEST: 'approved',
  REJECTED_REQUEST: 'rejected',
  SYSTEM_TRANSITION: 'was moved by the server',
  NEW_COMMENT: 'wrote',
};

/** What happened to a version, and what people said about it. */
export function Activity({ name, version }: { readonly name: string; readonly version: string }) {
  const query = useQuery(activitiesQuery(name, version));
  return (
    <div className="stack">
      <Comment name={name} version={version} />
      <Section title="What has happened">
        <Asked query={query}>
          {({ activities = [] }) =>
            activities.length === 0 ? (
              <p className="muted">Nothing yet.</p>
            ) : (
              <ol className="feed">
                {activities.map((one) => (
                  <li key={one.id}>
                    <span>
                      <b>{one.user_id}</b>{' '}
                      {WORDS[one.activity_type ?? ''] ??
                        (one.activity_type ?? '').toLowerCase().replaceAll('_', ' ')}
                      {one.to_stage ? (
                        <>
                          {' '}
                          <Badge>{one.from_stage || 'None'}</Badge> →{' '}
                          <Badge tone="info">{one.to_stage}</Badge>
                        </>
                      ) : null}
                      <time title={formatTime(one.creation_timestamp)} className="muted">
                        {formatAgo(one.creation_timestamp)}
                      </time>
                    </span>
                    {one.comment ? <p className="said">{one.comment}</p> : null}
                    {one.system_comment ? <p className="muted">{one.system_comment}</p> : null}
                  </li>
                ))}
              </ol>
            )
          }
        </Asked>
      </Section>
    </div>
  );
}

function Comment({ name, version }: { readonly name: string; readonly version: string }) {
  const queries = useQueryClient();
  const [comment, setComment] = useState('');
  const say = useMutation({
    mutationFn: () =>
      api.POST('/api/2.0/mlflow/comments/create', { body: { name, version, comment } }),
    onSuccess: async () => {
      setComment('');
      await queries.invalidateQueries({ queryKey: ofModel(name) });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    say.mutate();
  };
  return (
    <form className="stack" onSubmit={submit}>
      <div className="ask">
        <input
          type="text"
          className="grow-input"
          aria-label="Comment"
          placeholder="Comment"
          value={comment}
          onChange={(event) => setComment(event.target.value)}
        />
        <Button type="submit" disabled={comment.trim() === '' || say.isPending}>
          Comment
        </Button>
      </div>
      {say.error ? <ErrorNote error={say.error} /> : null}
    </form>
  );
}
