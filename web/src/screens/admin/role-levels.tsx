import { X } from 'lucide-react';
import { useState } from 'react';
import { api, type Schema } from '../../shared/api.ts';
import { Button, IconButton } from '../../shared/ui/button.tsx';
import { ErrorNote } from '../../shared/ui/error-note.tsx';
import { Select } from '../../shared/ui/select.tsx';
import { useChange } from './use-change.ts';

type Role = Schema<'Role'>;

const LEVELS = ['READ', 'USE', 'EDIT', 'MANAGE', 'DENY'];
/** What levels are given for most; other kinds are given by the API. */
const KINDS = ['experiment', 'registered_model', 'prompt', 'scorer'].map(
  (kind) => [kind, `${kind.replaceAll('_', ' ')}s`] as const,
);

/** The levels that a role gives, each with the way to take it. */
export function RoleLevels({ role }: { readonly role: Role }) {
  const take = useChange(
    'roles',
    (role_permission_id: number) =>
      api.DELETE('/api/3.0/mlflow/roles/permissions/remove', { body: { role_permission_id } }),
    'The level is taken',
  );
  return (
    <>
      {role.permissions.map((one) => {
        const thing = thingOf(one.resource_type, one.resource_pattern);
        return (
          <span key={one.id} className="tag">
            <b>{one.permission}</b> {thing}
            <IconButton
              className="tiny"
              label={`Remove the level ${one.permission} of ${thing} from ${role.name}`}
              onClick={() => take.mutate(one.id)}
            >
              <X size={12} />
            </IconButton>
          </span>
        );
      })}
      {role.permissions.length === 0 ? <span className="muted">None</span> : null}
      {take.error ? <ErrorNote error={take.error} /> : null}
    </>
  );
}

/** Gives a role a level of things of a kind, of all of them or of one. */
export function LevelForm({ role }: { readonly role: Role }) {
  const [permission, setPermission] = useState('READ');
  const [resource_type, setKind] = useState('experiment');
  const [resource_pattern, setPattern] = useState('*');
  const add = useChange(
    'roles',
    () =>
      api.POST('/api/3.0/mlflow/roles/permissions/add', {
        body: { role_id: role.id, permission, resource_type, resource_pattern },
      }),
    'The level is given',
  );
  return (
    <form
      className="ask"
      onSubmit={(event) => {
        event.preventDefault();
        add.mutate();
      }}
    >
      <Select
        label={`Level for ${role.name}`}
        value={permission}
        options={LEVELS}
        onChange={setPermission}
      />
      <Select
        label={`Kind of things of the level for ${role.name}`}
        value={resource_type}
        options={KINDS}
        onChange={setKind}
      />
      <input
        type="text"
        aria-label={`Things of the level for ${role.name}`}
        title="An id of an experiment, a name of another thing, or * for all"
        value={resource_pattern}
        onChange={({ target }) => setPattern(target.value)}
      />
      <Button type="submit" disabled={resource_pattern === '' || add.isPending}>
        Give the level
      </Button>
      {add.error ? <ErrorNote error={add.error} /> : null}
    </form>
  );
}

/** Such as `all registered models`. */
function thingOf(type: string, pattern: string): string {
  const things = `${type.replaceAll('_', ' ')}s`;
  return pattern === '*' ? `all ${things}` : `${things} ${pattern}`;
}
