import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Download, GitCompareArrows, RotateCcw, Tag, Trash2, X } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useMay } from '../../frame/may.ts';
import { api } from '../../shared/api.ts';
import { Button, IconButton } from '../../shared/ui/button.tsx';
import { Confirm, Dialog } from '../../shared/ui/dialog.tsx';
import { notify, notifyError } from '../../shared/ui/notices.tsx';
import { TextField } from '../../shared/ui/text-field.tsx';

/** As many as can be told apart in one picture. */
const MOST_COMPARED = 50;
const AT_ONCE = 6;

/** Does something to each run, a few at a time; stops at the first that fails. */
async function forEachRun(ids: readonly string[], work: (id: string) => Promise<unknown>) {
  const waiting = [...ids];
  const worker = async () => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) await work(id);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

/** What can be done with the runs that are selected. */
export function BulkBar({
  experimentId,
  ids,
  deleted,
  onClear,
  onExport,
}: {
  readonly experimentId: string;
  readonly ids: readonly string[];
  readonly deleted: boolean;
  readonly onClear: () => void;
  readonly onExport: () => void;
}) {
  const queries = useQueryClient();
  const may = useMay('experiment', experimentId);
  const [dialog, setDialog] = useState<'delete' | 'tag'>();
  const done = async (text: string) => {
    setDialog(undefined);
    onClear();
    notify(text);
    await queries.invalidateQueries({ queryKey: ['runs'] });
  };
  const failed = async (error: Error) => {
    notifyError(error);
    // Those before the one that failed are done.
    await queries.invalidateQueries({ queryKey: ['runs'] });
  };
  const runs = ids.length === 1 ? '1 run' : `${ids.length} runs`;
  const remove = useMutation({
    mutationFn: () =>
      forEachRun(ids, (id) => api.POST('/api/2.0/mlflow/runs/delete', { body: { run_id: id } })),
    onSuccess: () => done(`Deleted ${runs}`),
    onError: failed,
  });
  const restore = useMutation({
    mutationFn: () =>
      forEachRun(ids, (id) => api.POST('/api/2.0/mlflow/runs/restore', { body: { run_id: id } })),
    onSuccess: () => done(`Restored ${runs}`),
    onError: failed,
  });
  const tag = useMutation({
    mutationFn: (pair: { key: string; value: string }) =>
      forEachRun(ids, (id) =>
        api.POST('/api/2.0/mlflow/runs/set-tag', { body: { run_id: id, ...pair } }),
      ),
    onSuccess: () => done(`Tagged ${runs}`),
    onError: failed,
  });
  const query = new URLSearchParams({
    runs: JSON.stringify(ids.slice(0, MOST_COMPARED)),
    experiments: JSON.stringify([experimentId]),
  });
  return (
    <section className="bulk" aria-label="Selected runs">
      <strong>{runs}</strong>
      {ids.length > 1 && !deleted ? (
        <a className="button primary small" href={`#/compare-runs?${query}`}>
          <GitCompareArrows size={15} aria-hidden /> Compare
          {ids.length > MOST_COMPARED ? ` the first ${MOST_COMPARED}` : ''}
        </a>
      ) : null}
      {may.edit && !deleted ? (
        <Button className="small" onClick={() => setDialog('tag')}>
          <Tag size={14} aria-hidden /> Tag
        </Button>
      ) : null}
      <Button className="small" onClick={onExport}>
        <Download size={14} aria-hidden /> CSV
      </Button>
      {!may.manage ? null : deleted ? (
        <Button className="small" disabled={restore.isPending} onClick={() => restore.mutate()}>
          <RotateCcw size={14} aria-hidden /> Restore
        </Button>
      ) : (
        <Button className="small" onClick={() => setDialog('delete')}>
          <Trash2 size={14} aria-hidden /> Delete
        </Button>
      )}
      <IconButton label="Select none" className="small" onClick={onClear}>
        <X size={15} />
      </IconButton>
      {dialog === 'delete' ? (
        <Confirm
          title={`Delete ${runs}`}
          action="Delete"
          busy={remove.isPending}
          onConfirm={() => remove.mutate()}
          onClose={() => setDialog(undefined)}
        >
          <p>They go out of sight, and can be restored from the list of deleted runs.</p>
        </Confirm>
      ) : null}
      {dialog === 'tag' ? (
        <TagDialog
          runs={runs}
          busy={tag.isPending}
          onSave={(pair) => tag.mutate(pair)}
          onClose={() => setDialog(undefined)}
        />
      ) : null}
    </section>
  );
}

function TagDialog({
  runs,
  busy,
  onSave,
  onClose,
}: {
  readonly runs: string;
  readonly busy: boolean;
  readonly onSave: (pair: { key: string; value: string }) => void;
  readonly onClose: () => void;
}) {
  const [key, setKey] = useState('');
  const [value, setValue] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSave({ key: key.trim(), value });
  };
  return (
    <Dialog title={`Tag ${runs}`} onClose={onClose}>
      <form onSubmit={submit}>
        <div className="dialog-body">
          <TextField label="Key" value={key} onChange={setKey} />
          <TextField label="Value" value={value} onChange={setValue} />
        </div>
        <footer>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" disabled={busy || key.trim() === ''}>
            Set tag
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
