import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { Button } from '../../shared/ui/button.tsx';
import { Dialog } from '../../shared/ui/dialog.tsx';
import { notify, notifyError } from '../../shared/ui/notices.tsx';
import { useChange } from './use-change.ts';

/** What came of sending an example. */
export interface Tried {
  readonly success: boolean;
  readonly status?: number | undefined;
  readonly wrong?: string | undefined;
}

export interface Deeds {
  /** Sends an example. */
  readonly test: () => Promise<Tried>;
  /** Whether it can be sent one while it rests. */
  readonly testsPaused?: boolean;
  readonly setStatus: (status: 'ACTIVE' | 'DISABLED') => Promise<unknown>;
  /** The form that changes it. */
  readonly edit: (onClose: () => void) => ReactNode;
}

/** Sends an example to a receiver, lets it rest, and changes it. */
export function ReceiverDeeds({
  kind,
  listKey,
  title,
  status,
  deeds,
}: {
  readonly kind: string;
  readonly listKey: string;
  readonly title: string;
  readonly status: string | undefined;
  readonly deeds: Deeds;
}) {
  const [editing, setEditing] = useState(false);
  const isActive = status === 'ACTIVE';
  const test = useMutation({
    mutationFn: deeds.test,
    onSuccess: ({ success, status: answer, wrong }) => {
      if (success) notify(`${title} ${answer === undefined ? 'took it' : `answered ${answer}`}`);
      else notifyError(new Error(`${title}: ${wrong || `it answered ${answer}`}`));
    },
    onError: notifyError,
  });
  const turn = useChange(
    listKey,
    () => deeds.setStatus(isActive ? 'DISABLED' : 'ACTIVE'),
    isActive ? `The ${kind} rests` : `The ${kind} is told again`,
  );
  return (
    <>
      <Button
        aria-label={`Test ${title}`}
        disabled={test.isPending || (status === 'DISABLED' && deeds.testsPaused !== true)}
        onClick={() => test.mutate()}
      >
        Test
      </Button>
      <Button
        aria-label={`${isActive ? 'Pause' : 'Resume'} ${title}`}
        disabled={turn.isPending}
        onClick={() => turn.mutate(undefined, { onError: notifyError })}
      >
        {isActive ? 'Pause' : 'Resume'}
      </Button>
      <Button aria-label={`Edit ${title}`} onClick={() => setEditing(true)}>
        Edit
      </Button>
      {editing ? (
        <Dialog wide title={`Edit the ${kind}`} onClose={() => setEditing(false)}>
          <div className="dialog-body">{deeds.edit(() => setEditing(false))}</div>
        </Dialog>
      ) : null}
    </>
  );
}
