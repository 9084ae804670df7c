import { type ReactNode, useState } from 'react';
import { Asked } from '../../shared/ui/asked.tsx';
import { Badge } from '../../shared/ui/badge.tsx';
import { Button } from '../../shared/ui/button.tsx';
import { Confirm } from '../../shared/ui/dialog.tsx';
import { ErrorNote } from '../../shared/ui/error-note.tsx';
import { More } from '../../shared/ui/more.tsx';
import { Section } from '../../shared/ui/page.tsx';
import { type PagesQuery, usePages } from '../../shared/use-pages.ts';
import { Deliveries, type Delivery } from './deliveries.tsx';
import { useChange } from './use-change.ts';

/** Somebody who is told of events, with what was sent there and the way to send it again. */
export function Receiver<Answer extends { readonly next_page_token?: string }>({
  kind,
  title,
  status,
  about,
  deeds,
  sent,
  deliveriesOf,
  replay,
  remove,
}: {
  /** What it is called, and by which the list of its like is asked for again. */
  readonly kind: 'webhook' | 'subscription';
  readonly title: string;
  readonly status: string | undefined;
  readonly about: ReactNode;
  /** What else can be done with it. */
  readonly deeds?: ReactNode;
  readonly sent: PagesQuery<Answer>;
  readonly deliveriesOf: (page: Answer) => readonly Delivery[];
  readonly replay: (delivery: string) => Promise<unknown>;
  readonly remove: () => Promise<unknown>;
}) {
  const [open, setOpen] = useState(false);
  const [leaving, setLeaving] = useState(false);
  const { list, things: deliveries } = usePages(sent, deliveriesOf, { enabled: open });
  const again = useChange(`${kind}s`, replay, 'It is sent again');
  const end = useChange(`${kind}s`, remove, `The ${kind} is deleted`);
  const error = again.error ?? end.error;
  return (
    <Section
      title={title}
      actions={
        <>
          <Badge tone={status === 'ACTIVE' ? 'good' : 'neutral'}>{status}</Badge>
          {deeds}
          <Button
            aria-expanded={open}
            aria-label={`Deliveries of ${title}`}
            onClick={() => setOpen(!open)}
          >
            Deliveries
          </Button>
          <Button
            aria-label={`Delete ${title}`}
            onClick={() => {
              setOpen(false);
              setLeaving(true);
            }}
          >
            Delete
          </Button>
        </>
      }
    >
      {about}
      {error ? <ErrorNote error={error} /> : null}
      {open ? (
        <>
          <Asked query={list}>
            {() => <Deliveries deliveries={deliveries} onReplay={(id) => again.mutate(id)} />}
          </Asked>
          <More list={list} />
        </>
      ) : null}
      {leaving ? (
        <Confirm
          title={`Delete the ${kind}`}
          action="Delete"
          busy={end.isPending}
          onClose={() => setLeaving(false)}
          onConfirm={() => {
            end.mutate();
            setLeaving(false);
          }}
        >
          <b>{title}</b> is told of nothing any more.
        </Confirm>
      ) : null}
    </Section>
  );
}
