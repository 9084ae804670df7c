import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Siren } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { api } from '../../shared/api.ts';
import { Button } from '../../shared/ui/button.tsx';
import { Dialog } from '../../shared/ui/dialog.tsx';
import { ErrorNote } from '../../shared/ui/error-note.tsx';
import { notify } from '../../shared/ui/notices.tsx';
import { TextField } from '../../shared/ui/text-field.tsx';

/** Breaks the glass: for minutes, one model may be promoted without approvals. */
export function Declare() {
  const [open, setOpen] = useState(false);
  return (
    <div>
      <Button onClick={() => setOpen(true)}>
        <Siren size={15} aria-hidden /> Declare an emergency
      </Button>
      {open ? <Declaring onClose={() => setOpen(false)} /> : null}
    </div>
  );
}

function Declaring({ onClose }: { readonly onClose: () => void }) {
  const queries = useQueryClient();
  const [model, setModel] = useState('');
  const [reason, setReason] = useState('');
  const [ticket, setTicket] = useState('');
  const [minutes, setMinutes] = useState('30');
  const declare = useMutation({
    mutationFn: () =>
      api.POST('/api/governance/v1/break-glass', {
        body: { model, reason, ticket, minutes: Number(minutes) },
      }),
    onSuccess: async () => {
      notify(`The emergency of ${model} is declared; everybody who watches it is told`);
      onClose();
      await Promise.all(
        [['break-glass'], ['alerts'], ['governance', model]].map((queryKey) =>
          queries.invalidateQueries({ queryKey }),
        ),
      );
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    declare.mutate();
  };
  const isReady = [model, reason, ticket, minutes].every((text) => text.trim() !== '');
  return (
    <Dialog title="Declare an emergency" onClose={onClose}>
      <form onSubmit={submit}>
        <div className="dialog-body">
          <p>
            You may then move versions of this model to Production without approvals and a card.
            What their files are is still checked. Somebody else has to review it within a day.
          </p>
          <TextField label="Model" value={model} onChange={setModel} />
          <label className="field">
            <span>Reason, in 20 characters or more</span>
            <textarea rows={2} value={reason} onChange={({ target }) => setReason(target.value)} />
          </label>
          <TextField label="Ticket" value={ticket} onChange={setTicket} />
          <label className="field">
            <span>For how many minutes (60 at most)</span>
            <input
              type="number"
              min={1}
              max={60}
              value={minutes}
              onChange={({ target }) => setMinutes(target.value)}
            />
          </label>
          {declare.error ? <ErrorNote error={declare.error} /> : null}
        </div>
        <footer>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="danger" type="submit" disabled={!isReady || declare.isPending}>
            Declare the emergency
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
