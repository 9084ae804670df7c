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
import { type Deeds, ReceiverDeeds } from './receiver-deeds.tsx';
import { stateOf } from './states.ts';
import { useChange } from './use-change.ts';

/** Somebody who is told of events, with what was sent there and the way to send it again. */
export function Receiver<Answer extends { readonly next_page_token?: string }>({
  kind,
  title,
  status,
  about,
  deeds,
  listKey,
  sent,
  deliveriesOf,
  replay,
  replayDead,
  remove,
}: {
  /** What it is called. */
  readonly kind: 'webhook' | 'registry webhook' | 'subscription';
  readonly title: string;
  readonly status: string | undefined;
  readonly about: ReactNode;
  readonly deeds: Deeds;
  /** By which the list of its like is asked for again. */
  readonly listKey: string;
  readonly sent: PagesQuery<Answer>;
  readonly deliveriesOf: (page: Answer) => readonly Delivery[];
  readonly replay: (delivery: string) => Promise<unknown>;
  /** Sends again all that could not be delivered. */
  readonly replayDead?: () => Promise<unknown>;
  readonly remove: () => Promise<unknown>;
}) {
  const [open, setOpen] = useState(false);
  const [leaving, setLeaving] = useState(false);
  const { list, things: deliveries } = usePages(sent, deliveriesOf, {
    enabled: open,
    // What is under way comes to an end within seconds, mostly.
    refetchInterval: (all) => (all.some(isPending) ? 2_000 : false),
  });
  const again = useChange(listKey, replay, 'It is sent again');
  const all = useChange(listKey, replayDead ?? (async () => undefined), 'They are sent again');
  const end = useChange(listKey, remove, `The ${kind} is deleted`);
  const error = again.error ?? all.error ?? end.error;
  return (
    <Section
      title={title}
      actions={
        <>
          <Badge tone={status === 'ACTIVE' ? 'good' : 'neutral'}>{stateOf(status)}</Badge>
          <ReceiverDeeds {...{ kind, listKey, title, status, deeds }} />
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
          <div className="form-end">
            <More list={list} />
            {replayDead !== undefined && deliveries.some((one) => one.status === 'DEAD') ? (
              <Button disabled={all.isPending} onClick={() => all.mutate()}>
                Send again all that failed
              </Button>
            ) : null}
          </div>
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

const isPending = ({ status }: Delivery): boolean => status === 'PENDING';
