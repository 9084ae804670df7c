import { Plus, X } from 'lucide-react';
import { useState } from 'react';
import { Button, IconButton } from './button.tsx';

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
  const shown = tags.filter((tag) => !tag.key?.startsWith('mlflow.'));
  return (
    <div className="tags">
      {shown.map((tag) => (
        <span key={tag.key} className="tag">
          <b>{tag.key}</b>
          {tag.value}
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
