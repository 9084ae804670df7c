import { useSyncExternalStore } from 'react';

/** Whether this server has workspaces. */
export const WORKSPACES =
  document.querySelector<HTMLMetaElement>('meta[name="runledger-workspaces"]')?.content === 'on';

export const DEFAULT_WORKSPACE = 'default';

/** What says in an address in which workspace the page is, as in those of MLflow's pages. */
const PARAMETER = 'workspace';
const REMEMBERED = 'runledger:workspace';

let current = DEFAULT_WORKSPACE;
const listeners = new Set<() => void>();

/** The workspace that requests go to. */
export const currentWorkspace = (): string => current;

/** What a request must carry to go to the workspace of the page. */
export const workspaceHeaders = (): Record<string, string> =>
  WORKSPACES && current !== DEFAULT_WORKSPACE ? { 'X-MLFLOW-WORKSPACE': current } : {};

export const useWorkspace = (): string =>
  useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, currentWorkspace);

/** Says in a path of the application in which workspace it is, unless it does. */
export function inWorkspace(to: string, workspace = current): string {
  if (!WORKSPACES) return to;
  const [path = '', query = ''] = to.split(/\?(.*)/s, 2);
  const search = new URLSearchParams(query);
  if (search.get(PARAMETER)) return to;
  return `${path}?${query === '' ? '' : `${query}&`}${new URLSearchParams({ [PARAMETER]: workspace })}`;
}

/**
 * Goes to the workspace that the address names, and writes the present one into an address that
 * names none: so each can be given on.
 *
 * @param changed told when it is another one, before anything is drawn
 */
export function followWorkspace(changed: () => void): void {
  if (!WORKSPACES) return;
  current = localStorage.getItem(REMEMBERED) ?? DEFAULT_WORKSPACE;
  const follow = () => {
    const [path = '', query = ''] = location.hash.slice(1).split(/\?(.*)/s, 2);
    const named = new URLSearchParams(query).get(PARAMETER);
    if (named === null || named === '') {
      history.replaceState(
        history.state,
        '',
        `#${inWorkspace(path === '' ? '/' : location.hash.slice(1))}`,
      );
      return;
    }
    if (named === current) return;
    current = named;
    localStorage.setItem(REMEMBERED, named);
    changed();
    for (const listener of listeners) listener();
  };
  follow();
  addEventListener('hashchange', follow);
}
