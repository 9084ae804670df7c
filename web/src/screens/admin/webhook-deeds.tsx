import { useMutation } from '@tanstack/react-query';
import { api, body, type Schema } from '../../shared/api.ts';
import { Button } from '../../shared/ui/button.tsx';
import { notify, notifyError } from '../../shared/ui/notices.tsx';
import { useChange } from './use-change.ts';

const HOOK = '/api/2.0/mlflow/webhooks/{webhook_id}' as const;

/** Sends an example to a webhook, and lets it rest. */
export function WebhookDeeds({ webhook }: { readonly webhook: Schema<'Webhook'> }) {
  const { name = '' } = webhook;
  const params = { path: { webhook_id: webhook.webhook_id ?? '' } };
  const isActive = webhook.status === 'ACTIVE';
  const test = useMutation({
    mutationFn: () => body(api.POST(`${HOOK}/test`, { params, body: {} })),
    onSuccess: ({ result = {} }) => {
      const { success, response_status: status, error_message: wrong } = result;
      if (success) notify(`${name} answered ${status}`);
      else notifyError(new Error(`${name}: ${wrong ?? `it answered ${status}`}`));
    },
    onError: notifyError,
  });
  const turn = useChange(
    'webhooks',
    () => api.PATCH(HOOK, { params, body: { status: isActive ? 'DISABLED' : 'ACTIVE' } }),
    isActive ? 'The webhook rests' : 'The webhook is told again',
  );
  return (
    <>
      <Button aria-label={`Test ${name}`} disabled={test.isPending} onClick={() => test.mutate()}>
        Test
      </Button>
      <Button
        aria-label={`${isActive ? 'Pause' : 'Resume'} ${name}`}
        disabled={turn.isPending}
        onClick={() => turn.mutate(undefined, { onError: notifyError })}
      >
        {isActive ? 'Pause' : 'Resume'}
      </Button>
    </>
  );
}
