import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { navigate } from '../../frame/router.ts';
import { useWho } from '../../frame/who.tsx';
import { workspacesQuery } from '../../frame/workspace-menu.tsx';
import { api, type Schema, SIGN_IN } from '../../shared/api.ts';
import { Asked } from '../../shared/ui/asked.tsx';
import { Button } from '../../shared/ui/button.tsx';
import { Dialog } from '../../shared/ui/dialog.tsx';
import { ErrorNote } from '../../shared/ui/error-note.tsx';
import { Section } from '../../shared/ui/page.tsx';
import { TextField } from '../../shared/ui/text-field.tsx';
import { DEFAULT_WORKSPACE, inWorkspace } from '../../shared/workspace.ts';
import { useChange } from './use-change.ts';

type Workspace = Schema<'Workspace'>;

/** What becomes of what lies in a workspace that is deleted. */
const MODES = [
  ['RESTRICT', 'Refuse while there is something in it'],
  ['SET_DEFAULT', 'Move all that is in it to the default workspace'],
  ['CASCADE', 'Delete all that is in it'],
] as const;
type Mode = (typeof MODES)[number][0];

/** Where teams work apart from each other. */
export function Workspaces() {
  const query = useQuery(workspacesQuery);
  const isAdmin = useWho()?.is_admin === true || !SIGN_IN;
  const [edited, setEdited] = useState<Workspace>();
  const [leaving, setLeaving] = useState<string>();
  return (
    <div className="stack">
      {isAdmin ? <NewWorkspace /> : null}
      <Asked query={query}>
        {({ workspaces = [] }) => (
          <div className="table-wrap">
            <table className="list tight stacks">
              <thead>
                <tr>
                  <th>Name</th>
                  <th>Description</th>
                  <th>Artifacts</th>
                  <th>
                    <span className="hidden">Actions</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {workspaces.map((one) => (
                  <tr key={one.name}>
                    <td data-label="Name">
                      <a href={`#${inWorkspace('/experiments', one.name)}`}>
                        <b>{one.name}</b>
                      </a>
                    </td>
                    <td data-label="Description">{one.description ?? ''}</td>
                    <td data-label="Artifacts" className="break">
                      {one.default_artifact_root ?? "In the server's place"}
                    </td>
                    <td className="end">
                      {SIGN_IN && isAdmin ? (
                        <Button
                          kind="quiet"
                          className="small"
                          aria-label={`Roles of ${one.name}`}
                          onClick={() => navigate(`/admin?tab=roles&of=${one.name}`)}
                        >
                          Roles
                        </Button>
                      ) : null}
                      {isAdmin ? (
                        <Button
                          kind="quiet"
                          className="small"
                          aria-label={`Edit ${one.name}`}
                          onClick={() => setEdited(one)}
                        >
                          Edit
                        </Button>
                      ) : null}
                      {isAdmin && one.name !== DEFAULT_WORKSPACE ? (
                        <Button
                          kind="quiet"
                          className="small"
                          aria-label={`Delete ${one.name}`}
                          onClick={() => setLeaving(one.name)}
                        >
                          Delete
                        </Button>
                      ) : null}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Asked>
      {edited === undefined ? null : <Edit one={edited} onClose={() => setEdited(undefined)} />}
      {leaving === undefined ? null : (
        <Delete name={leaving} onClose={() => setLeaving(undefined)} />
      )}
    </div>
  );
}

function NewWorkspace() {
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const [root, setRoot] = useState('');
  const create = useChange(
    'workspaces',
    async () => {
      await api.POST('/api/3.0/mlflow/workspaces', {
        body: {
          name,
          ...(description === '' ? {} : { description }),
          ...(root === '' ? {} : { default_artifact_root: root }),
        },
      });
      for (const clear of [setName, setDescription, setRoot]) clear('');
    },
    'The workspace is created',
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate();
  };
  return (
    <Section title="New workspace">
      <form className="form-grid" onSubmit={submit}>
        <TextField label="Workspace name" value={name} onChange={setName} />
        <TextField label="Description" value={description} onChange={setDescription} />
        <TextField
          label="Place of its artifacts"
          value={root}
          onChange={setRoot}
          placeholder="In the server's place"
        />
        <Button type="submit" disabled={name.trim() === '' || create.isPending}>
          Create workspace
        </Button>
      </form>
      {create.error ? <ErrorNote error={create.error} /> : null}
    </Section>
  );
}

function Edit({ one, onClose }: { readonly one: Workspace; readonly onClose: () => void }) {
  const [description, setDescription] = useState(one.description ?? '');
  const [root, setRoot] = useState(one.default_artifact_root ?? '');
  const save = useChange(
    'workspaces',
    async () => {
      await api.PATCH('/api/3.0/mlflow/workspaces/{workspace_name}', {
        params: { path: { workspace_name: one.name ?? '' } },
        body: { description, default_artifact_root: root },
      });
      onClose();
    },
    'The workspace is changed',
  );
  return (
    <Dialog title={`Edit ${one.name}`} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <div className="dialog-body stack">
          <TextField label="New description" value={description} onChange={setDescription} />
          <TextField label="New place of its artifacts" value={root} onChange={setRoot} />
          {save.error ? <ErrorNote error={save.error} /> : null}
        </div>
        <footer>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" disabled={save.isPending}>
            Save
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}

function Delete({ name, onClose }: { readonly name: string; readonly onClose: () => void }) {
  const [mode, setMode] = useState<Mode>('RESTRICT');
  const end = useChange(
    'workspaces',
    async () => {
      await api.DELETE('/api/3.0/mlflow/workspaces/{workspace_name}', {
        params: { path: { workspace_name: name }, query: { mode } },
      });
      onClose();
    },
    'The workspace is deleted',
  );
  return (
    <Dialog title={`Delete the workspace ${name}`} onClose={onClose}>
      <div className="dialog-body stack">
        <p>Its roles go with it, and what they let their users do.</p>
        <fieldset className="stack">
          <legend className="hidden">What becomes of what is in it</legend>
          {MODES.map(([id, label]) => (
            <label key={id} className="check">
              <input type="radio" name="mode" checked={mode === id} onChange={() => setMode(id)} />
              {label}
            </label>
          ))}
        </fieldset>
        {end.error ? <ErrorNote error={end.error} /> : null}
      </div>
      <footer>
        <Button onClick={onClose}>Cancel</Button>
        <Button kind="danger" disabled={end.isPending} onClick={() => end.mutate()}>
          Delete
        </Button>
      </footer>
    </Dialog>
  );
}
