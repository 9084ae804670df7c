import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../shared/api.ts';
import { Button } from '../../shared/ui/button.tsx';
import { ErrorNote } from '../../shared/ui/error-note.tsx';
import { notify } from '../../shared/ui/notices.tsx';
import { ofModel, type PromotionRequest } from './governance-queries.ts';

export const ACTIONS = {
  approve: { action: 'APPROVE', label: 'Approve', kind: 'primary', done: 'Approved' },
  reject: { action: 'REJECT', label: 'Reject', kind: 'danger', done: 'Rejected' },
  cancel: { action: 'CANCEL', label: 'Take back', kind: 'plain', done: 'Taken back' },
} as const;
type Verb = keyof typeof ACTIONS;

export const mayDo = (request: PromotionRequest, verb: Verb): boolean =>
  (request.available_actions ?? []).some((one) =>
    one.toUpperCase().startsWith(ACTIONS[verb].action),
  );

/** What the caller may do with a request: the buttons are those that the server allows. */
export function Decide({ request }: { readonly request: PromotionRequest }) {
  const queries = useQueryClient();
  const [comment, setComment] = useState('');
  const { request_id: id = '', name = '' } = request;
  const verbs = (Object.keys(ACTIONS) as Verb[]).filter((verb) => mayDo(request, verb));
  const decide = useMutation({
    mutationFn: (verb: Verb) =>
      api.POST(`/api/governance/v1/requests/{request_id}/${verb}`, {
        params: { path: { request_id: id } },
        body: comment.trim() === '' ? {} : { comment },
      }),
    onSuccess: async (_, verb) => {
      notify(`${ACTIONS[verb].done}: version ${request.version} of ${name}`);
      await Promise.all(
        [ofModel(name), ['requests'], ['model', name]].map((queryKey) =>
          queries.invalidateQueries({ queryKey }),
        ),
      );
    },
  });
  if (verbs.length === 0) return <p className="muted">Others decide this request.</p>;
  return (
    <>
      <div className="ask">
        <input
          type="text"
          className="grow-input"
          aria-label={`Comment on the request for version ${request.version} of ${name}`}
          placeholder="Comment"
          value={comment}
          onChange={(event) => setComment(event.target.value)}
        />
        {verbs.map((verb) => (
          <Button
            key={verb}
            kind={ACTIONS[verb].kind}
            disabled={decide.isPending}
            onClick={() => decide.mutate(verb)}
          >
            {ACTIONS[verb].label}
          </Button>
        ))}
      </div>
      {decide.error ? <ErrorNote error={decide.error} /> : null}
    </>
  );
}
