import { useCallback, useMemo, useSyncExternalStore } from 'react';
import { inWorkspace } from '../shared/workspace.ts';

/** Where the browser is: what stands behind the `#`, as MLflow's clients print it. */
export interface Place {
  readonly path: string;
  readonly search: URLSearchParams;
}

const CHANGED = 'runledger:place';

function subscribe(listener: () => void): () => void {
  addEventListener('hashchange', listener);
  addEventListener(CHANGED, listener);
  return () => {
    removeEventListener('hashchange', listener);
    removeEventListener(CHANGED, listener);
  };
}

export function parsePlace(hash: string): Place {
  const [path = '', query = ''] = hash.replace(/^#/, '').split(/\?(.*)/s, 2);
  return { path: path === '' ? '/' : path, search: new URLSearchParams(query) };
}

export function usePlace(): Place {
  const hash = useSyncExternalStore(subscribe, () => location.hash);
  return useMemo(() => parsePlace(hash), [hash]);
}

/** Goes to a path such as `/experiments/0?filter=...`. */
export function navigate(to: string, { replace = false } = {}): void {
  const address = `#${inWorkspace(to)}`;
  if (replace) history.replaceState(null, '', address);
  else history.pushState(null, '', address);
  dispatchEvent(new Event(CHANGED));
}

export type SetSearch = (
  changes: Readonly<Record<string, string | undefined>>,
  how?: { readonly replace?: boolean },
) => void;

/**
 * Parameters of the page that stand in its address; undefined or '' takes one away. Each change is
 * a step that the browser's back button takes back, but for those that replace what was there, as
 * letters that are typed do.
 */
export function useSearch(): [URLSearchParams, SetSearch] {
  const { search } = usePlace();
  const set = useCallback<SetSearch>((changes, { replace = false } = {}) => {
    const now = parsePlace(location.hash);
    for (const [key, value] of Object.entries(changes)) {
      if (value === undefined || value === '') now.search.delete(key);
      else now.search.set(key, value);
    }
    const query = now.search.toString();
    const to = query === '' ? now.path : `${now.path}?${query}`;
    navigate(to, { replace: replace || `#${to}` === location.hash });
  }, []);
  return [search, set];
}

export type Params = Readonly<Record<string, string>>;

/**
 * Compares a path with a pattern such as `/models/:name/*`.
 *
 * @returns what stands in the places of its names, or undefined when it is another path
 */
export function match(pattern: string, path: string): Params | undefined {
  const wanted = pattern.split('/').filter(Boolean);
  const given = path.split('/').filter(Boolean);
  const isOpen = wanted.at(-1) === '*';
  if (isOpen) wanted.pop();
  if (given.length < wanted.length || (!isOpen && given.length > wanted.length)) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? '';
    if (part.startsWith(':')) params[part.slice(1)] = decode(value);
    else if (part !== value) return undefined;
  }
  if (isOpen) params.rest = given.slice(wanted.length).join('/');
  return params;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Puts names into a path, each as one part of it: `` path`/models/${name}` ``. */
export function path(texts: TemplateStringsArray, ...values: readonly string[]): string {
  return texts.reduce(
    (all, text, index) => `${all}${encodeURIComponent(values[index - 1] ?? '')}${text}`,
  );
}
