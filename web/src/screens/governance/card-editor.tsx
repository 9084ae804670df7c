import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ExternalLink } from 'lucide-react';
import { useDeferredValue, useEffect, useState } from 'react';
import { useMay } from '../../frame/may.ts';
import { api, body, type Schema } from '../../shared/api.ts';
import { formatAgo } from '../../shared/format.ts';
import { Badge } from '../../shared/ui/badge.tsx';
import { Button } from '../../shared/ui/button.tsx';
import { ErrorNote } from '../../shared/ui/error-note.tsx';
import { FileLink } from '../../shared/ui/file-link.tsx';
import { Loading } from '../../shared/ui/loading.tsx';
import { notify } from '../../shared/ui/notices.tsx';
import { Section } from '../../shared/ui/page.tsx';
import { CardView } from './card-view.tsx';
import { cardPagePath, cardQuery, cardRevisionsQuery, ofModel } from './governance-queries.ts';

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

const put = (name: string, version: string, text: string, dryRun: boolean) =>
  body(
    api.PUT(PUT, {
      params: { path: { name, version }, query: dryRun ? { dry_run: true } : {} },
      body: text,
      bodySerializer: (plain: string) => plain,
      headers: { 'content-type': 'application/yaml' },
    }),
  );

/** Writes the card of a version; the server says while one types what it would object to. */
export function CardEditor({ name, version }: { readonly name: string; readonly version: string }) {
  const card = useQuery({ ...cardQuery(name, version), retry: false });
  const none = card.data === null;
  const loaded = useQuery({
    queryKey: [...ofModel(name), version, 'card', 'yaml', card.data?.digest ?? ''],
    enabled: card.data !== undefined,
    // Whoever writes goes on doing so while another card is read.
    placeholderData: (before: Saved | undefined) => before,
    queryFn: async (): Promise<Saved> => ({
      digest: card.data?.digest ?? '',
      text:
        card.data?.card === undefined
          ? NEW(name, version)
          : (await import('yaml')).stringify(card.data.card, { lineWidth: 0 }),
    }),
  }).data;
  if (card.error) {
    return <ErrorNote error={card.error} retry={() => void card.refetch()} />;
  }
  if (loaded === undefined) return <Loading />;
  return (
    <div className="stack">
      {card.data?.pending_review === undefined ? null : (
        <p className="note">A newer card was attached; it counts when it is approved.</p>
      )}
      <Editor name={name} version={version} saved={loaded} isNew={none} />
      {none ? null : <Revisions name={name} version={version} />}
    </div>
  );
}

function Editor({
  name,
  version,
  saved,
  isNew,
}: {
  readonly name: string;
  readonly version: string;
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
    queryFn: () => put(name, version, settled, true),
    placeholderData: (before) => before,
    gcTime: 10_000,
  });
  const save = useMutation({
    mutationFn: async () => {
      const now = await queries.fetchQuery({ ...cardQuery(name, version), staleTime: 0 });
      // The note above the buttons says why nothing was saved.
      if ((now?.digest ?? '') !== base.digest) return undefined;
      return put(name, version, text, false);
    },
    onSuccess: async (done) => {
      if (done === undefined) return;
      setBase({ text, digest: done.digest ?? '' });
      notify('The card is saved');
      await queries.invalidateQueries({ queryKey: ofModel(name) });
    },
  });
  const problems = ofFields(check.data?.problems ?? []);
  return (
    <Section
      title={isNew ? 'New model card' : 'Model card'}
      actions={
        check.error ? (
          <Badge tone="bad">No card yet</Badge>
        ) : check.data === undefined ? (
          <Badge>Checking</Badge>
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
          {!check.error && check.data !== undefined && problems.length === 0 ? (
            <p className="muted">The server has nothing to object to.</p>
          ) : null}
        </div>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long card is scrolled by keys. */}
        <section className="card-preview" aria-label="Preview of the card" tabIndex={0}>
          {check.data?.card === undefined ? (
            <p className="muted">Once it is YAML, it is shown here as people read it.</p>
          ) : (
            <CardView card={check.data.card} />
          )}
        </section>
      </div>
      {save.error ? <ErrorNote error={save.error} /> : null}
      {isOther && text !== start ? (
        <div className="note" role="alert">
          <p>Somebody has saved another card since you began to write.</p>
          <div className="row-end">
            <Button onClick={() => setBase({ text: start, digest: saved.digest })}>
              Keep mine
            </Button>
            <Button onClick={take}>Take theirs</Button>
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
              onClick={() => save.mutate()}
            >
              Save card
            </Button>
          </>
        ) : null}
      </footer>
    </Section>
  );
}

function Revisions({ name, version }: { readonly name: string; readonly version: string }) {
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
