import type { ReactNode } from 'react';

/** What stands where nothing is yet: why, and what to do about it. */
export function Empty({
  title,
  children,
  action,
}: {
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}) {
  return (
    <div className="empty">
      <svg viewBox="0 0 64 40" width="72" height="45" aria-hidden="true">
        <path d="M6 34h52M12 30l12-14 9 8 16-18" />
        <circle cx="24" cy="16" r="2.5" />
        <circle cx="33" cy="24" r="2.5" />
        <circle cx="49" cy="6" r="2.5" />
      </svg>
      <h2>{title}</h2>
      {children === undefined ? null : <div>{children}</div>}
      {action}
    </div>
  );
}
