import { Check, TriangleAlert } from 'lucide-react';
import { useSyncExternalStore } from 'react';

interface Notice {
  readonly id: number;
  readonly text: string;
  readonly bad: boolean;
}

let notices: readonly Notice[] = [];
let next = 0;
const listeners = new Set<() => void>();

function change(to: readonly Notice[]): void {
  notices = to;
  for (const listener of listeners) listener();
}

/** Says in a corner, for some seconds, what has happened. */
export function notify(text: string, { bad = false } = {}): void {
  const id = next++;
  change([...notices, { id, text, bad }]);
  setTimeout(() => change(notices.filter((notice) => notice.id !== id)), bad ? 9_000 : 4_000);
}

/** Says what went wrong. */
export const notifyError = (error: Error): void => notify(error.message, { bad: true });

export function Notices() {
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => notices,
  );
  return (
    <div className="notices" role="status" aria-live="polite">
      {shown.map(({ id, text, bad }) => (
        <div key={id} className={bad ? 'notice bad' : 'notice'}>
          {bad ? <TriangleAlert size={16} aria-hidden /> : <Check size={16} aria-hidden />}
          {text}
        </div>
      ))}
    </div>
  );
}
