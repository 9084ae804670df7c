import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../shared/api.ts';
import { Button } from '../../shared/ui/button.tsx';
import { Dialog } from '../../shared/ui/dialog.tsx';
import { ErrorNote } from '../../shared/ui/error-note.tsx';
import { notify } from '../../shared/ui/notices.tsx';

/** Moves a version into a stage; where governance refuses, its reasons are shown. */
export function StageDialog({
  name,
  version,
  to,
  onClose,
}: {
  readonly name: string;
  readonly version: string;
  readonly to: string;
  readonly onClose: () => void;
}) {
  const queries = useQueryClient();
  const canArchive = to === 'Staging' || to === 'Production';
  const [archive, setArchive] = useState(canArchive);
  const move = useMutation({
    mutationFn: () =>
      api.POST('/api/2.0/mlflow/model-versions/transition-stage', {
        body: { name, version, stage: to, archive_existing_versions: archive },
      }),
    onSuccess: async () => {
      notify(`Version ${version} is in ${to}`);
      onClose();
      await queries.invalidateQueries({ queryKey: ['model', name] });
    },
  });
  return (
    <Dialog title={`Move version ${version} to ${to}`} onClose={onClose}>
      <div className="dialog-body">
        {canArchive ? (
          <label className="check">
            <input
              type="checkbox"
              checked={archive}
              onChange={(event) => setArchive(event.target.checked)}
            />
            Move the versions that are in {to} now to Archived
          </label>
        ) : (
          <p>The version leaves the stage that it is in.</p>
        )}
        {move.error ? <ErrorNote error={move.error} /> : null}
      </div>
      <footer>
        <Button onClick={onClose}>Cancel</Button>
        <Button kind="primary" disabled={move.isPending} onClick={() => move.mutate()}>
          Move
        </Button>
      </footer>
    </Dialog>
  );
}
