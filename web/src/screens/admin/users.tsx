import { useQuery } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useWho } from '../../frame/who.tsx';
import { api, body } from '../../shared/api.ts';
import { Asked } from '../../shared/ui/asked.tsx';
import { Badge } from '../../shared/ui/badge.tsx';
import { Button, IconButton } from '../../shared/ui/button.tsx';
import { Confirm } from '../../shared/ui/dialog.tsx';
import { ErrorNote } from '../../shared/ui/error-note.tsx';
import { Section } from '../../shared/ui/page.tsx';
import { TextField } from '../../shared/ui/text-field.tsx';
import { PasswordDialog } from './password.tsx';
import { useChange } from './use-change.ts';

/** The role that holds what was given to one user alone. */
const HIDDEN = /^__user_\d+__$/;

/** Who may sign in. */
export function Users() {
  const me = useWho()?.username;
  const query = useQuery({
    queryKey: ['users'],
    queryFn: () => body(api.GET('/api/2.0/mlflow/users/list')),
  });
  const [leaving, setLeaving] = useState<string>();
  const setAdmin = useChange(
    'users',
    (change: { username: string; is_admin: boolean }) =>
      api.PATCH('/api/2.0/mlflow/users/update-admin', { body: change }),
    'Changed',
  );
  const remove = useChange(
    'users',
    (username: string) => api.DELETE('/api/2.0/mlflow/users/delete', { body: { username } }),
    'The user is deleted',
  );
  const [forgetful, setForgetful] = useState<string>();
  const unassign = useChange(
    'users',
    (taken: { username: string; role_id: number }) =>
      api.DELETE('/api/3.0/mlflow/roles/unassign', { body: taken }),
    'The role is taken',
  );
  const error = setAdmin.error ?? remove.error ?? unassign.error;
  return (
    <div className="stack">
      <NewUser />
      {error ? <ErrorNote error={error} /> : null}
      <Asked query={query}>
        {({ users }) => (
          <div className="table-wrap">
            <table className="list tight stacks">
              <thead>
                <tr>
                  <th>User</th>
                  <th>Roles</th>
                  <th>
                    <span className="hidden">Actions</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {users.map(({ username, is_admin: isAdmin, roles }) => (
                  <tr key={username}>
                    <td data-label="User">
                      <b>{username}</b> {isAdmin ? <Badge tone="info">Administrator</Badge> : null}
                    </td>
                    <td data-label="Roles">
                      {roles.some(({ name }) => !HIDDEN.test(name)) ? (
                        <span className="tags">
                          {roles
                            .filter(({ name }) => !HIDDEN.test(name))
                            .map(({ id, name }) => (
                              <span key={id} className="tag">
                                {name}
                                <IconButton
                                  className="tiny"
                                  label={`Take the role ${name} from ${username}`}
                                  onClick={() => unassign.mutate({ username, role_id: id })}
                                >
                                  <X size={12} />
                                </IconButton>
                              </span>
                            ))}
                        </span>
                      ) : null}
                    </td>
                    <td className="end">
                      <Button
                        kind="quiet"
                        className="small"
                        aria-label={`Change the password of ${username}`}
                        onClick={() => setForgetful(username)}
                      >
                        Password
                      </Button>
                      <Button
                        kind="quiet"
                        className="small"
                        disabled={username === me}
                        aria-label={`${isAdmin ? 'Make an ordinary user of' : 'Make an administrator of'} ${username}`}
                        onClick={() => setAdmin.mutate({ username, is_admin: !isAdmin })}
                      >
                        {isAdmin ? 'Make an ordinary user' : 'Make an administrator'}
                      </Button>
                      <Button
                        kind="quiet"
                        className="small"
                        disabled={username === me}
                        aria-label={`Delete ${username}`}
                        onClick={() => setLeaving(username)}
                      >
                        Delete
                      </Button>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Asked>
      {forgetful === undefined ? null : (
        <PasswordDialog
          username={forgetful}
          own={forgetful === me}
          onClose={() => setForgetful(undefined)}
        />
      )}
      {leaving === undefined ? null : (
        <Confirm
          title={`Delete ${leaving}`}
          action="Delete"
          onClose={() => setLeaving(undefined)}
          onConfirm={() => {
            remove.mutate(leaving);
            setLeaving(undefined);
          }}
        >
          The user can no longer sign in, and the tokens stop to work.
        </Confirm>
      )}
    </div>
  );
}

function NewUser() {
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const create = useChange(
    'users',
    () => api.POST('/api/2.0/mlflow/users/create', { body: { username, password } }),
    'The user is created',
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate();
  };
  return (
    <Section title="New user">
      <form className="form-grid" onSubmit={submit}>
        <TextField label="User name" autoComplete="off" value={username} onChange={setUsername} />
        <TextField
          label="Password"
          type="password"
          autoComplete="new-password"
          value={password}
          onChange={setPassword}
        />
        <Button type="submit" disabled={username === '' || password === '' || create.isPending}>
          Create user
        </Button>
      </form>
      {create.error ? <ErrorNote error={create.error} /> : null}
    </Section>
  );
}
