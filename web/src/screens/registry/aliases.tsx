import { useMutation, useQueryClient } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { api } from '../../shared/api.ts';
import { Button, IconButton } from '../../shared/ui/button.tsx';
import { ErrorNote } from '../../shared/ui/error-note.tsx';

/** The aliases of a version. Setting one takes it from the version that had it. */
export function Aliases({
  name,
  version,
  aliases,
  mayEdit,
}: {
  readonly name: string;
  readonly version: string;
  readonly aliases: readonly string[];
  readonly mayEdit: boolean;
}) {
  const queries = useQueryClient();
  const [text, setText] = useState('');
  const change = useMutation({
    mutationFn: async ({ alias, on }: { alias: string; on: boolean }) => {
      if (on) {
        await api.POST('/api/2.0/mlflow/registered-models/alias', {
          body: { name, version, alias },
        });
      } else {
        await api.DELETE('/api/2.0/mlflow/registered-models/alias', { body: { name, alias } });
      }
    },
    onSuccess: () => {
      setText('');
      return queries.invalidateQueries({ queryKey: ['model', name] });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate({ alias: text.trim().replace(/^@/, ''), on: true });
  };
  return (
    <div className="stack">
      <div className="tags">
        {aliases.map((alias) => (
          <span key={alias} className="badge info">
            @{alias}
            {mayEdit ? (
              <IconButton
                className="tiny"
                label={`Remove alias ${alias}`}
                onClick={() => change.mutate({ alias, on: false })}
              >
                <X size={12} />
              </IconButton>
            ) : null}
          </span>
        ))}
        {mayEdit ? (
          <form className="tag-form" onSubmit={submit}>
            <input
              type="text"
              aria-label="New alias"
              placeholder="champion"
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
            <Button
              type="submit"
              className="small"
              disabled={text.trim() === '' || change.isPending}
            >
              Set alias
            </Button>
          </form>
        ) : aliases.length === 0 ? (
          <span className="muted">None</span>
        ) : null}
      </div>
      {change.error ? <ErrorNote error={change.error} /> : null}
    </div>
  );
}
