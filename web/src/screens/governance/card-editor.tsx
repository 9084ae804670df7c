import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ExternalLink } from 'lucide-react';
import { useDeferredValue, useEffect, useState } from 'react';
import { useMay } from '../../frame/may.ts';
import { ApiError, api, body, type Schema } from '../../shared/api.ts';
import { Badge } from '../../shared/ui/badge.tsx';
import { Button } from '../../shared/ui/button.tsx';
import { ErrorNote } from '../../shared/ui/error-note.tsx';
import { FileLink } from '../../shared/ui/file-link.tsx';
import { Loading } from '../../shared/ui/loading.tsx';
import { notify } from '../../shared/ui/notices.tsx';
import { Section } from '../../shared/ui/page.tsx';
import { CardRevisions } from './card-revisions.tsx';
import { CardView } from './card-view.tsx';
import { cardPagePath, cardQuery, newestCard, ofModel } from './governance-queries.ts';

const NEW = (name: string, version: string) => `name: ${JSON.stringify(name)}
version: ${JSON.stringify(version)}
intended_use: ""
limitations: ""
training_dataset: ""
fairness_metrics: {}
owner: ""
`;
const PUT = '/api/governance/v1/models/{name}/versions/{version}/card' as const;
const PAUSE = 400;

type Problem = NonNullable<Schema<'VersionCard'>['problems']>[number];

/** That a field is empty goes without saying where more is asked of it. */
const ofFields = (problems: readonly Problem[]): readonly Problem[] =>
  problems.filter(
    (one) =>
      !/at least 1 (?:character|entry)/.test(one.message ?? '') ||
      problems.every((other) => other === one || other.field !== one.field),
  );

/** The card as the server has it: the text, and what tells it from others. */
interface Saved {
  readonly text: string;
  readonly digest: string;
}

/** The text after nobody has changed it for a moment. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), PAUSE);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

const send = (
  { name, version, text }: { name: string; version: string; text: string },
  wish: { query: { dry_run: true } } | { header: Record<string, string> },
) =>
  api.PUT(PUT, {
    params: { path: { name, version }, ...wish },
    body: text,
    bodySerializer: (plain: string) => plain,
    headers: { 'content-type': 'application/yaml' },
  });

/** What the server is told of the card that was edited, so that it writes over no other. */
const editedFrom = (digest: string) =>
  digest === '' ? { 'If-None-Match': '*' } : { 'If-Match': `"${digest}"` };

const isConflict = (error: unknown): boolean => error instanceof ApiError && error.status === 409;

const textQueryKey = (name: string, version: string, digest: string) =>
  [...ofModel(name), version, 'card', 'yaml', digest] as const;

/** Writes the card of a version; the server says while one types what it would object to. */
export function CardEditor({ name, version }: { readonly name: string; readonly version: string }) {
  const card = useQuery({ ...cardQuery(name, version), retry: false });
  const none = card.data === null;
  const newest = newestCard(card.data);
  // In the place of one that can't be read stands the one that counts.
  const shown = newest?.card ?? card.data?.card;
  const loaded = useQuery({
    queryKey: textQueryKey(name, version, newest?.digest ?? ''),
    enabled: card.data !== undefined,
    // Whoever writes goes on doing so while another card is read.
    placeholderData: (before: Saved | undefined) => before,
    queryFn: async (): Promise<Saved> => ({
      digest: newest?.digest ?? '',
      text:
        shown === undefined
          ? NEW(name, version)
          : (await import('yaml')).stringify(shown, { lineWidth: 0 }),
    }),
  }).data;
  if (card.error) {
    return <ErrorNote error={card.error} retry={() => void card.refetch()} />;
  }
  if (loaded === undefined) return <Loading />;
  return (
    <div className="stack">
      {card.data?.pending_review === undefined ? null : (
        <p className="note">
          This card was attached after the version went to production; it counts when it is
          approved. The saved card as a page is the one that counts now.
        </p>
      )}
      <Editor name={name} version={version} card={newest} saved={loaded} isNew={none} />
      {none ? null : <CardRevisions name={name} version={version} />}
    </div>
  );
}

function Editor({
  name,
  version,
  card,
  saved,
  isNew,
}: {
  readonly name: string;
  readonly version: string;
  /** With what the server says of it. */
  readonly card: Schema<'VersionCard'> | null | undefined;
  /** The card as the server has it now. */
  readonly saved: Saved;
  readonly isNew: boolean;
}) {
  const queries = useQueryClient();
  const { edit } = useMay('registered_model', name);
  const [base, setBase] = useState(saved);
  const [text, setText] = useState(saved.text);
  const { text: start } = base;
  const isOther = saved.digest !== base.digest;
  const take = () => {
    setBase(saved);
    setText(saved.text);
  };
  // Whoever has written nothing yet sees what others have saved.
  if (isOther && text === start) take();
  const settled = useSettled(useDeferredValue(text));
  const check = useQuery({
    queryKey: [...ofModel(name), version, 'card', 'check', settled],
    queryFn: () => body(send({ name, version, text: settled }, { query: { dry_run: true } })),
    enabled: edit,
    placeholderData: (before) => before,
    gcTime: 10_000,
  });
  // Who may not store a card may not have one checked either.
  const judged = edit ? check.data : (card ?? undefined);
  const { queryKey } = cardQuery(name, version);
  const save = useMutation({
    mutationFn: async (written: string) => {
      const header = editedFrom(base.digest);
      const { data, response } = await send({ name, version, text: written }, { header });
      return { card: data ?? {}, digest: (response.headers.get('etag') ?? '').replaceAll('"', '') };
    },
    onSuccess: async ({ card, digest }, written) => {
      const mine = { text: written, digest };
      // What was written stays as it stands, with its comments.
      queries.setQueryData(textQueryKey(name, version, digest), mine);
      queries.setQueryData(queryKey, card);
      setBase(mine);
      notify('The card is saved');
      await queries.invalidateQueries({ queryKey: ofModel(name) });
    },
    // The note above the buttons says why nothing was saved, once the other card is here.
    onError: (error) => (isConflict(error) ? queries.invalidateQueries({ queryKey }) : undefined),
  });
  const problems = ofFields(judged?.problems ?? []);
  return (
    <Section
      title={isNew ? 'New model card' : 'Model card'}
      actions={
        check.error ? (
          <Badge tone="bad">No card yet</Badge>
        ) : judged === undefined ? (
          edit ? (
            <Badge>Checking</Badge>
          ) : null
        ) : (
          <Badge tone={problems.length === 0 ? 'good' : 'warn'}>
            {problems.length === 0 ? 'Complete' : `${problems.length} to mend`}
          </Badge>
        )
      }
    >
      <div className="card-editor">
        <textarea
          aria-label="Model card, in YAML"
          spellCheck={false}
          rows={18}
          value={text}
          readOnly={!edit}
          onChange={(event) => setText(event.target.value)}
        />
        <div aria-live="polite">
          {check.error ? <p className="bad">{check.error.message}</p> : null}
          {check.error || problems.length === 0 ? null : (
            <ul className="plain-list">
              {problems.map(({ reason, message }) => (
                <li key={message}>
                  {message} <code className="reason">{reason}</code>
                </li>
              ))}
            </ul>
          )}
          {!check.error && judged !== undefined && problems.length === 0 ? (
            <p className="muted">The server has nothing to object to.</p>
          ) : null}
        </div>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long card is scrolled by keys. */}
        <section className="card-preview" aria-label="Preview of the card" tabIndex={0}>
          {judged?.card === undefined ? (
            <p className="muted">Once it is YAML, it is shown here as people read it.</p>
          ) : (
            <CardView card={judged.card} />
          )}
        </section>
      </div>
      {save.error && !(isConflict(save.error) && isOther) ? <ErrorNote error={save.error} /> : null}
      {isOther && text !== start ? (
        <div className="note" role="alert">
          <p>Somebody has saved another card since you began to write.</p>
          <div className="row-end">
            <Button
              onClick={() => {
                save.reset();
                setBase({ text: start, digest: saved.digest });
              }}
            >
              Keep mine
            </Button>
            <Button
              onClick={() => {
                save.reset();
                take();
              }}
            >
              Take theirs
            </Button>
          </div>
        </div>
      ) : null}
      <footer className="row-end">
        {isNew ? null : (
          <FileLink
            className="button"
            path={cardPagePath(name, version)}
            name={`${name}-${version}-card.html`}
            opens
          >
            <ExternalLink size={15} aria-hidden /> Saved card as a page
          </FileLink>
        )}
        {edit ? (
          <>
            <Button disabled={text === start} onClick={() => setText(start)}>
              Undo changes
            </Button>
            <Button
              kind="primary"
              disabled={
                (text === start && !isNew) || isOther || save.isPending || check.error !== null
              }
              onClick={() => save.mutate(text)}
            >
              Save card
            </Button>
          </>
        ) : null}
      </footer>
    </Section>
  );
}
