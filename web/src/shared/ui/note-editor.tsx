import { Pencil } from 'lucide-react';
import { useState } from 'react';
import { Button } from './button.tsx';
import { Markdown } from './markdown.tsx';
import { Section } from './page.tsx';

/** A text in Markdown that people read, and may change. */
export function NoteEditor({
  title,
  text,
  onSave,
}: {
  readonly title: string;
  readonly text: string;
  /** Without it the text is only read. */
  readonly onSave?: ((text: string) => Promise<unknown>) | undefined;
}) {
  const [draft, setDraft] = useState<string>();
  const [busy, setBusy] = useState(false);
  if (draft === undefined || onSave === undefined) {
    return (
      <Section
        title={title}
        actions={
          onSave === undefined ? null : (
            <Button kind="quiet" className="small" onClick={() => setDraft(text)}>
              <Pencil size={14} aria-hidden /> Edit
            </Button>
          )
        }
      >
        {text === '' ? (
          <p className="muted">Nothing is written here yet.</p>
        ) : (
          <Markdown text={text} />
        )}
      </Section>
    );
  }
  const save = async () => {
    setBusy(true);
    try {
      await onSave(draft);
      setDraft(undefined);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Section title={title}>
      <div className="note-editor">
        <textarea
          aria-label={`${title}, in Markdown`}
          rows={8}
          value={draft}
          onChange={(event) => setDraft(event.target.value)}
        />
        <div className="preview">
          {draft === '' ? <p className="muted">Preview</p> : <Markdown text={draft} />}
        </div>
      </div>
      <footer className="row-end">
        <Button onClick={() => setDraft(undefined)}>Cancel</Button>
        <Button kind="primary" disabled={busy} onClick={() => void save()}>
          Save
        </Button>
      </footer>
    </Section>
  );
}
