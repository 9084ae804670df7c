import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useWho } from '../../frame/who.tsx';
import { api, type Schema } from '../../shared/api.ts';
import { formatAgo, formatTime } from '../../shared/format.ts';
import { Asked } from '../../shared/ui/asked.tsx';
import { Badge } from '../../shared/ui/badge.tsx';
import { Button } from '../../shared/ui/button.tsx';
import { Empty } from '../../shared/ui/empty.tsx';
import { ErrorNote } from '../../shared/ui/error-note.tsx';
import { Facts } from '../../shared/ui/facts.tsx';
import { More } from '../../shared/ui/more.tsx';
import { notify } from '../../shared/ui/notices.tsx';
import { Section } from '../../shared/ui/page.tsx';
import { usePages } from '../../shared/use-pages.ts';
import { Declare } from './declare.tsx';
import { breakGlassQuery } from './governance-queries.ts';

type Grant = Schema<'BreakGlassGrant'>;

const STATES: Readonly<Record<string, string>> = {
  unused: 'Not used',
  due: 'To be reviewed',
  overdue: 'Review overdue',
  reviewed: 'Reviewed',
};

/** Emergencies in which approvals were skipped, and their reviews. */
export function Emergencies() {
  const { list, things: grants } = usePages(breakGlassQuery, (page) => page.grants);
  return (
    <Asked query={list}>
      {() => (
        <div className="stack">
          {/* Every page says the same of that. */}
          {list.data?.pages[0]?.available_actions?.includes('DECLARE') ? <Declare /> : null}
          {grants.length === 0 ? (
            <Empty title="No emergency was declared">
              Whoever breaks the glass is listed here, until somebody else has reviewed it.
            </Empty>
          ) : (
            grants.map((grant) => <Emergency key={grant.grant_id} grant={grant} />)
          )}
          <More list={list} />
        </div>
      )}
    </Asked>
  );
}

const inForce = ({ expiration_timestamp: end = 0 }: Grant): boolean => end > Date.now();

function Emergency({ grant }: { readonly grant: Grant }) {
  const reviewed = grant.reviewed_timestamp !== undefined;
  const me = useWho()?.username;
  const { review_state: state = '' } = grant;
  const tone = state === 'overdue' ? 'bad' : state === 'due' ? 'warn' : 'neutral';
  return (
    <Section
      title={`${grant.model}: ${grant.reason}`}
      actions={<Badge tone={reviewed ? 'good' : tone}>{STATES[state] ?? state}</Badge>}
    >
      <Facts
        facts={[
          ['By', grant.principal],
          ['Ticket', grant.ticket],
          ['Declared', formatTime(grant.creation_timestamp)],
          ['Used', grant.used_timestamp ? formatTime(grant.used_timestamp) : 'Not used'],
          grant.review_due_timestamp
            ? ['Review due', formatAgo(grant.review_due_timestamp)]
            : undefined,
          reviewed ? ['Reviewed', `${grant.reviewer}: ${grant.review}`] : undefined,
        ]}
      />
      {reviewed ? null : grant.available_actions?.includes('REVIEW') ? (
        <Review grant={grant} />
      ) : (
        <p className="muted">
          {grant.review_due_timestamp === undefined && inForce(grant)
            ? 'It is in force, and is reviewed once it was used or has ended.'
            : grant.principal === me
              ? 'Somebody else has to review it.'
              : 'A lead, a validator or an administrator reviews it.'}
        </p>
      )}
    </Section>
  );
}

function Review({ grant }: { readonly grant: Grant }) {
  const queries = useQueryClient();
  const [review, setReview] = useState('');
  const save = useMutation({
    mutationFn: () =>
      api.POST('/api/governance/v1/break-glass/{grant_id}/review', {
        params: { path: { grant_id: grant.grant_id ?? '' } },
        body: { review },
      }),
    onSuccess: async () => {
      notify('Reviewed');
      await queries.invalidateQueries({ queryKey: ['break-glass'] });
    },
  });
  return (
    <>
      <div className="ask">
        <input
          type="text"
          className="grow-input"
          aria-label={`Review of the emergency of ${grant.model}`}
          placeholder="What you found"
          value={review}
          onChange={(event) => setReview(event.target.value)}
        />
        <Button disabled={review.trim() === '' || save.isPending} onClick={() => save.mutate()}>
          Close the review
        </Button>
      </div>
      {save.error ? <ErrorNote error={save.error} /> : null}
    </>
  );
}
