import { type FormEvent, useState } from 'react';
import { useWho } from '../../frame/who.tsx';
import { api } from '../../shared/api.ts';
import { Button } from '../../shared/ui/button.tsx';
import { Dialog } from '../../shared/ui/dialog.tsx';
import { ErrorNote } from '../../shared/ui/error-note.tsx';
import { Section } from '../../shared/ui/page.tsx';
import { TextField } from '../../shared/ui/text-field.tsx';
import { useChange } from './use-change.ts';

/** Gives an account another password; one's own takes the one that is in use. */
export function PasswordDialog({
  username,
  own,
  onClose,
}: {
  readonly username: string;
  readonly own: boolean;
  readonly onClose: () => void;
}) {
  const [current, setCurrent] = useState('');
  const [password, setPassword] = useState('');
  const change = useChange(
    'users',
    async () => {
      await api.PATCH('/api/2.0/mlflow/users/update-password', {
        body: { username, password, ...(own ? { current_password: current } : {}) },
      });
      onClose();
    },
    'The password is changed',
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate();
  };
  return (
    <Dialog title={`Password of ${username}`} onClose={onClose}>
      <form onSubmit={submit}>
        <div className="dialog-body">
          {own ? (
            <TextField
              label="Current password"
              type="password"
              autoComplete="current-password"
              value={current}
              onChange={setCurrent}
            />
          ) : null}
          <TextField
            label="New password"
            type="password"
            autoComplete="new-password"
            value={password}
            onChange={setPassword}
          />
          {change.error ? <ErrorNote error={change.error} /> : null}
        </div>
        <footer>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            kind="primary"
            type="submit"
            disabled={password === '' || (own && current === '') || change.isPending}
          >
            Change password
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}

/** For whoever is signed in with a password. */
export function OwnPassword() {
  const me = useWho()?.username;
  const [open, setOpen] = useState(false);
  if (me === undefined) return null;
  return (
    <Section
      title="Your password"
      actions={<Button onClick={() => setOpen(true)}>Change password</Button>}
    >
      <p className="muted">Changing it ends your sessions, this one too.</p>
      {open ? <PasswordDialog username={me} own onClose={() => setOpen(false)} /> : null}
    </Section>
  );
}
