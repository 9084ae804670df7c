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
  // That is how browsers say that no answer came.
  const isUnreached = error instanceof TypeError;
  return (
    <div className="note error" role="alert">
      <TriangleAlert size={18} aria-hidden />
      <div>
        <strong>
          {said
            ? error.message
            : isUnreached
              ? 'The server does not answer'
              : 'This could not be shown'}
        </strong>
        <p>
          {said ? (
            <code>{error.code}</code>
          ) : isUnreached ? (
            'It may be starting, or the connection is gone.'
          ) : (
            error.message
          )}
        </p>
      </div>
      {retry === undefined ? null : <Button onClick={retry}>Try again</Button>}
    </div>
  );
}
