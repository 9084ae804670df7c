import { TriangleAlert } from 'lucide-react';
import { ApiError } from '../api.ts';
import { Button } from './button.tsx';

/** What the server refused, in its words, or that it can't be reached. */
export function ErrorNote({
  error,
  retry,
}: {
  readonly error: Error;
  readonly retry?: (() => void) | undefined;
}) {
  const said = error instanceof ApiError;
  return (
    <div className="note error" role="alert">
      <TriangleAlert size={18} aria-hidden />
      <div>
        <strong>{said ? error.message : 'This could not be shown'}</strong>
        <p>{said ? <code>{error.code}</code> : error.message}</p>
      </div>
      {retry === undefined ? null : <Button onClick={retry}>Try again</Button>}
    </div>
  );
}
