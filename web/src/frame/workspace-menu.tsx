import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { api, body } from '../shared/api.ts';
import { DEFAULT_WORKSPACE, inWorkspace, useWorkspace, WORKSPACES } from '../shared/workspace.ts';

const HOME = '/experiments';

/** The workspaces that the caller has anything to do in. */
export const workspacesQuery = {
  queryKey: ['workspaces'],
  queryFn: () => body(api.GET('/api/3.0/mlflow/workspaces')),
};

/** Where the caller works; nothing where there are no workspaces. */
export function WorkspaceMenu() {
  return WORKSPACES ? <Choice /> : null;
}

function Choice() {
  const current = useWorkspace();
  const { data } = useQuery(workspacesQuery);
  const names = (data?.workspaces ?? []).map(({ name }) => name ?? '');
  const isListed = names.includes(current);
  const [first] = names;
  useEffect(() => {
    // Whoever has nothing to do in the default one begins in one of theirs.
    if (current !== DEFAULT_WORKSPACE || first === undefined || isListed) return;
    location.replace(`#${inWorkspace(HOME, first)}`);
  }, [current, first, isListed]);
  const all = isListed ? names : [current, ...names];
  return (
    <label className="workspace-menu">
      <span>Workspace</span>
      <select
        value={current}
        onChange={({ target }) => {
          // What was open is of the other workspace.
          location.hash = inWorkspace(HOME, target.value);
        }}
      >
        {all.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
    </label>
  );
}
