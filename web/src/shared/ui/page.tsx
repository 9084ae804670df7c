import { ChevronRight } from 'lucide-react';
import { type ReactNode, useEffect } from 'react';

export interface Crumb {
  readonly text: string;
  readonly to: string;
}

const isLong = (title: string): boolean => title.length > 60;

/** A screen: where it stands, what it shows, what can be done with that. */
export function Page({
  title,
  crumbs = [],
  beside,
  actions,
  children,
  full = false,
}: {
  readonly title: string;
  readonly crumbs?: readonly Crumb[];
  /** Beside the title: a state, a copy button. */
  readonly beside?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  /** As high as the window, with parts that scroll by themselves. */
  readonly full?: boolean;
}) {
  useEffect(() => {
    document.title = `${title} · Runledger`;
  }, [title]);
  return (
    <div className={full ? 'page full' : 'page'}>
      <header className="page-head">
        <div className="page-title">
          {crumbs.length === 0 ? null : (
            <nav className="crumbs" aria-label="Breadcrumb">
              <ol>
                {crumbs.map(({ text, to }) => (
                  <li key={to}>
                    <a href={`#${to}`} title={text.length > 40 ? text : undefined}>
                      {text}
                    </a>
                    <ChevronRight size={14} aria-hidden />
                  </li>
                ))}
              </ol>
            </nav>
          )}
          <div className="page-name">
            <h1
              className={isLong(title) ? 'long' : undefined}
              title={isLong(title) ? title : undefined}
            >
              {title}
            </h1>
            {beside}
          </div>
        </div>
        {actions === undefined ? null : <div className="page-actions">{actions}</div>}
      </header>
      {children}
    </div>
  );
}

/** A titled part of a screen. */
export function Section({
  title,
  actions,
  children,
}: {
  readonly title: string;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <section className="card">
      <header>
        <h2>{title}</h2>
        {actions ? <div className="card-actions">{actions}</div> : null}
      </header>
      {children}
    </section>
  );
}
