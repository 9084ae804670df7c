import { type MouseEvent, type ReactNode, useState } from 'react';
import { BASE, fetchFile } from '../api.ts';
import { saveFile } from '../save-file.ts';
import { DEFAULT_WORKSPACE, useWorkspace } from '../workspace.ts';
import { notify } from './notices.tsx';

/** A file of the server that the browser saves, from whatever workspace it is in. */
export function FileLink({
  path,
  name,
  className,
  label,
  opens = false,
  children,
}: {
  /** Below the server's base. */
  readonly path: string;
  /** What the file is called; otherwise as the server says. */
  readonly name?: string;
  readonly className: string;
  readonly label?: string;
  /** Whether it is shown in a window of its own, where a link alone can ask for it. */
  readonly opens?: boolean;
  readonly children: ReactNode;
}) {
  const [busy, setBusy] = useState(false);
  const isPlain = useWorkspace() === DEFAULT_WORKSPACE;
  // A link names no workspace to the server: what lies in another one is asked for by a request.
  const save = async (event: MouseEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      const answer = await fetchFile(path);
      saveFile(name ?? nameOf(answer, path), await answer.blob());
    } catch (error) {
      notify(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <a
      className={className}
      href={`${BASE}${path}`}
      aria-label={label}
      aria-busy={busy || undefined}
      {...(opens ? { target: '_blank', rel: 'noreferrer' } : { download: name ?? '' })}
      {...(isPlain ? {} : { onClick: save })}
    >
      {children}
    </a>
  );
}

function nameOf({ headers }: Response, path: string): string {
  const said = /filename="?([^";]+)"?/.exec(headers.get('content-disposition') ?? '')?.[1];
  return said ?? decodeURIComponent(path.split(/[/=]|%2F/).at(-1) ?? 'file');
}
