import { Plus, X } from 'lucide-react';
import { useState } from 'react';
import { Button, IconButton } from './button.tsx';

/** More of them are shown when they are asked for. */
const AT_FIRST = 40;

export interface Tag {
  readonly key?: string;
  readonly value?: string;
}

/** Tags that can be added and taken away; those of the system are not shown. */
export function Tags({
  tags,
  onSet,
  onDelete,
}: {
  readonly tags: readonly Tag[];
  readonly onSet?: ((key: string, value: string) => void) | undefined;
  readonly onDelete?: ((key: string) => void) | undefined;
}) {
  const [editing, setEditing] = useState(false);
  const [key, setKey] = useState('');
  const [value, setValue] = useState('');
  const [all, setAll] = useState(false);
  const own = tags.filter((tag) => !tag.key?.startsWith('mlflow.'));
  const shown = all ? own : own.slice(0, AT_FIRST);
  return (
    <div className="tags">
      {shown.map((tag) => (
        <span key={tag.key} className="tag">
          <b>{tag.key}</b>
          <span className="tag-value" title={tag.value}>
            {tag.value}
          </span>
          {onDelete === undefined ? null : (
            <IconButton
              className="tiny"
              label={`Remove tag ${tag.key}`}
              onClick={() => onDelete(tag.key ?? '')}
            >
              <X size={12} />
            </IconButton>
          )}
        </span>
      ))}
      {own.length > AT_FIRST ? (
        <Button kind="quiet" className="small" onClick={() => setAll(!all)}>
          {all ? 'Show fewer' : `Show all ${own.length}`}
        </Button>
      ) : null}
      {own.length === 0 && onSet === undefined ? <span className="muted">None</span> : null}
      {onSet === undefined ? null : editing ? (
        <form
          className="tag-form"
          onSubmit={(event) => {
            event.preventDefault();
            onSet(key.trim(), value);
            setKey('');
            setValue('');
            setEditing(false);
          }}
        >
          <input
            // biome-ignore lint/a11y/noAutofocus: opened by its own button.
            autoFocus
            aria-label="Key of the tag"
            placeholder="key"
            value={key}
            onChange={(event) => setKey(event.target.value)}
          />
          <input
            aria-label="Value of the tag"
            placeholder="value"
            value={value}
            onChange={(event) => setValue(event.target.value)}
          />
          <Button kind="primary" type="submit" disabled={key.trim() === ''}>
            Add
          </Button>
          <Button onClick={() => setEditing(false)}>Cancel</Button>
        </form>
      ) : (
        <Button kind="quiet" className="small" onClick={() => setEditing(true)}>
          <Plus size={14} aria-hidden /> Tag
        </Button>
      )}
    </div>
  );
}
