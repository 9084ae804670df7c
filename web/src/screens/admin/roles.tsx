import { useQuery } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useSearch } from '../../frame/router.ts';
import { api, body, type Schema } from '../../shared/api.ts';
import { Asked } from '../../shared/ui/asked.tsx';
import { Button, IconButton } from '../../shared/ui/button.tsx';
import { Confirm } from '../../shared/ui/dialog.tsx';
import { Empty } from '../../shared/ui/empty.tsx';
import { ErrorNote } from '../../shared/ui/error-note.tsx';
import { Section } from '../../shared/ui/page.tsx';
import { Select } from '../../shared/ui/select.tsx';
import { TextField } from '../../shared/ui/text-field.tsx';
import { WORKSPACES } from '../../shared/workspace.ts';
import { LevelForm, RoleLevels } from './role-levels.tsx';
import { useChange } from './use-change.ts';

type Right = Schema<'RoleRight'>;

const RIGHTS = 'transition alias_set alias_delete approve rollback break_glass audit'.split(' ');

/** What groups of users may do. */
export function Roles() {
  const [search] = useSearch();
  const workspace = search.get('of') ?? (WORKSPACES ? search.get('workspace') : null);
  const query = useQuery({
    queryKey: ['roles', workspace],
    queryFn: () =>
      body(
        api.GET('/api/3.0/mlflow/roles/list', {
          params: { query: workspace === null ? {} : { workspace: [workspace] } },
        }),
      ),
  });
  return (
    <div className="stack">
      <NewRole key={workspace} suggested={workspace ?? 'default'} />
      <Asked query={query}>
        {({ roles }) =>
          roles.length === 0 ? (
            <Empty title="No roles yet">A role gives its users levels and rights together.</Empty>
          ) : (
            roles.map((role) => <One key={role.id} role={role} />)
          )
        }
      </Asked>
    </div>
  );
}

function NewRole({ suggested }: { readonly suggested: string }) {
  const [name, setName] = useState('');
  const [workspace, setWorkspace] = useState(suggested);
  const create = useChange(
    'roles',
    () => api.POST('/api/3.0/mlflow/roles/create', { body: { name, workspace } }),
    'The role is created',
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate();
  };
  return (
    <Section title="New role">
      <form className="form-grid" onSubmit={submit}>
        <TextField label="Role name" value={name} onChange={setName} />
        <TextField label="Workspace" value={workspace} onChange={setWorkspace} />
        <Button type="submit" disabled={name.trim() === '' || create.isPending}>
          Create role
        </Button>
      </form>
      {create.error ? <ErrorNote error={create.error} /> : null}
    </Section>
  );
}

function One({ role }: { readonly role: Schema<'Role'> }) {
  const path = { role_id: role.id };
  const [username, setUsername] = useState('');
  const [action, setAction] = useState('approve');
  const [pattern, setPattern] = useState('*');
  const rights = useQuery({
    queryKey: ['role-rights', role.id],
    queryFn: () => body(api.GET('/api/governance/v1/roles/{role_id}/rights', { params: { path } })),
  }).data?.rights;
  const assign = useChange(
    'users',
    () => api.POST('/api/3.0/mlflow/roles/assign', { body: { username, role_id: role.id } }),
    'Assigned',
  );
  const add = useChange(
    'role-rights',
    () =>
      api.POST('/api/governance/v1/roles/{role_id}/rights', {
        params: { path },
        body: { action, model_pattern: pattern },
      }),
    'The right is given',
  );
  const take = useChange(
    'role-rights',
    (id: number) =>
      api.DELETE('/api/governance/v1/roles/{role_id}/rights/{right_id}', {
        params: { path: { ...path, right_id: id } },
      }),
    'The right is taken',
  );
  const end = useChange(
    'roles',
    () => api.DELETE('/api/3.0/mlflow/roles/delete', { body: { role_id: role.id } }),
    'The role is deleted',
  );
  const [leaving, setLeaving] = useState(false);
  const error = assign.error ?? add.error ?? take.error ?? end.error;
  return (
    <Section
      title={role.name}
      actions={
        <>
          <span className="muted">{role.workspace}</span>
          <Button
            kind="quiet"
            className="small"
            aria-label={`Delete the role ${role.name}`}
            onClick={() => setLeaving(true)}
          >
            Delete
          </Button>
        </>
      }
    >
      <dl className="grants">
        <dt>Levels</dt>
        <dd className="tags">
          <RoleLevels role={role} />
        </dd>
        <dt>Rights</dt>
        <dd className="tags">
          {(rights ?? []).map((one) => (
            <span key={one.id} className="tag">
              <b>{one.action}</b> {placeOf(one)}
              <IconButton
                className="tiny"
                label={`Remove the right ${one.action} from ${role.name}`}
                onClick={() => take.mutate(one.id)}
              >
                <X size={12} />
              </IconButton>
            </span>
          ))}
          {rights?.length === 0 ? <span className="muted">None</span> : null}
        </dd>
      </dl>
      <div className="role-forms">
        <LevelForm role={role} />
        <form
          className="ask"
          onSubmit={(event) => {
            event.preventDefault();
            add.mutate();
          }}
        >
          <Select
            label={`Right for ${role.name}`}
            value={action}
            options={RIGHTS}
            onChange={setAction}
          />
          <input
            type="text"
            aria-label={`Models of the right for ${role.name}`}
            value={pattern}
            onChange={(event) => setPattern(event.target.value)}
          />
          <Button type="submit" disabled={add.isPending}>
            Give the right
          </Button>
        </form>
        <form
          className="ask"
          onSubmit={(event) => {
            event.preventDefault();
            assign.mutate();
          }}
        >
          <input
            type="text"
            aria-label={`User to be given ${role.name}`}
            placeholder="User name"
            value={username}
            onChange={(event) => setUsername(event.target.value)}
          />
          <Button type="submit" disabled={username === '' || assign.isPending}>
            Assign
          </Button>
        </form>
      </div>
      {error ? <ErrorNote error={error} /> : null}
      {leaving ? (
        <Confirm
          title={`Delete the role ${role.name}`}
          action="Delete"
          busy={end.isPending}
          onClose={() => setLeaving(false)}
          onConfirm={() => {
            end.mutate();
            setLeaving(false);
          }}
        >
          Its users lose the levels and rights that it gives.
        </Confirm>
      ) : null}
    </Section>
  );
}

/** What a right is good for; a pattern that fits everything is not said. */
function placeOf({ model_pattern: model, to_stage: stage, alias_pattern: alias }: Right): string {
  const said = (pattern: string | undefined) => pattern !== undefined && !/^\**$/.test(pattern);
  return [
    said(model) ? `of ${model}` : 'of all models',
    said(stage) ? `to ${stage}` : '',
    said(alias) ? `as @${alias}` : '',
  ]
    .filter(Boolean)
    .join(' ');
}
