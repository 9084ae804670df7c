import { Menu as MenuIcon, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { AREAS, HOME, type LoadedScreen, ROUTES } from '../routes.ts';
import { Empty } from '../shared/ui/empty.tsx';
import { Loading } from '../shared/ui/loading.tsx';
import { Notices } from '../shared/ui/notices.tsx';
import { Page } from '../shared/ui/page.tsx';
import { useWorkspace } from '../shared/workspace.ts';
import { ErrorBoundary } from './error-boundary.tsx';
import { match, navigate, type Params, usePlace } from './router.ts';
import { ThemeMenu } from './theme-menu.tsx';
import { Who } from './who.tsx';
import { WorkspaceMenu } from './workspace-menu.tsx';

/** The frame around every screen: the menu, and the screen that the address names. */
export function Shell() {
  const { path } = usePlace();
  const workspace = useWorkspace();
  const [open, setOpen] = useState(false);
  useEffect(() => {
    if (path === '/') navigate(HOME, { replace: true });
  }, [path]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another screen closes the menu.
  useEffect(() => setOpen(false), [path]);

  return (
    <div className="shell">
      <button
        type="button"
        className="skip"
        onClick={() => document.getElementById('main')?.focus()}
      >
        Skip to content
      </button>
      <header className="bar">
        <button
          type="button"
          className="icon-button bar-menu"
          aria-expanded={open}
          aria-controls="areas"
          aria-label={open ? 'Close menu' : 'Open menu'}
          onClick={() => setOpen(!open)}
        >
          {open ? <X size={18} /> : <MenuIcon size={18} />}
        </button>
        <a className="brand" href={`#${HOME}`}>
          <Mark />
          Runledger
        </a>
      </header>
      <nav id="areas" className={open ? 'areas open' : 'areas'} aria-label="Main">
        <a className="brand wide" href={`#${HOME}`}>
          <Mark />
          Runledger
        </a>
        <WorkspaceMenu />
        <ul>
          {AREAS.map(({ label, path: to, holds, icon: Icon }) => (
            <li key={to}>
              <a
                href={`#${to}`}
                aria-current={holds.some((start) => isBelow(path, start)) ? 'page' : undefined}
              >
                <Icon size={17} aria-hidden />
                {label}
              </a>
            </li>
          ))}
        </ul>
        <div className="areas-end">
          <Who />
          <ThemeMenu />
        </div>
      </nav>
      <main id="main" tabIndex={-1}>
        <ErrorBoundary key={`${workspace} ${path}`}>
          <Current path={path} />
        </ErrorBoundary>
      </main>
      <Notices />
    </div>
  );
}

const isBelow = (path: string, start: string) => path === start || path.startsWith(`${start}/`);

function Current({ path }: { path: string }) {
  if (path === '/') return null;
  for (const route of ROUTES) {
    const params = match(route.pattern, path);
    if (params !== undefined) return <Shown key={route.pattern} screen={route} params={params} />;
  }
  return (
    <Page title="There is no such page">
      <Empty title="Nothing here" action={<a href={`#${HOME}`}>Go to experiments</a>}>
        <code>{path}</code> leads nowhere.
      </Empty>
    </Page>
  );
}

/**
 * A screen, as soon as its script is here. React holds what `lazy` shows back for a third of a
 * second after its placeholder; nobody need wait for that.
 */
function Shown({ screen, params }: { screen: LoadedScreen; params: Params }) {
  const [, setArrived] = useState<unknown>();
  const [fault, setFault] = useState<Error>();
  useEffect(() => {
    let isOver = false;
    screen.load().then(
      () => !isOver && setArrived(true),
      (error: Error) => !isOver && setFault(error),
    );
    return () => {
      isOver = true;
    };
  }, [screen]);
  if (fault !== undefined) throw fault;
  const Screen = screen.ready();
  return Screen === undefined ? <Loading /> : <Screen params={params} />;
}

function Mark() {
  return (
    <svg viewBox="0 0 32 32" width="26" height="26" aria-hidden="true">
      <rect width="32" height="32" rx="8" className="mark-ground" />
      <path d="M8 22V10m0 12h16M12 19l4-5 3 3 5-7" className="mark-line" />
    </svg>
  );
}
