import { formatAgo, formatTime } from '../../shared/format.ts';
import { Badge } from '../../shared/ui/badge.tsx';
import { Button } from '../../shared/ui/button.tsx';

export interface Delivery {
  readonly id: string;
  readonly what: string;
  readonly status: string;
  readonly attempts: number;
  readonly created: unknown;
  readonly answer: number | undefined;
  readonly error: string | undefined;
}

const TONES = { SUCCEEDED: 'good', FAILED: 'bad', DEAD: 'bad' } as const;

/** What was sent, how it went, and the way to send it again. */
export function Deliveries({
  deliveries,
  onReplay,
}: {
  readonly deliveries: readonly Delivery[];
  readonly onReplay: (id: string) => void;
}) {
  if (deliveries.length === 0) return <p className="muted">Nothing was sent yet.</p>;
  return (
    <div className="table-wrap">
      <table className="list tight stacks">
        <thead>
          <tr>
            <th>Event</th>
            <th>When</th>
            <th>State</th>
            <th>Answer</th>
            <th>
              <span className="hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {deliveries.map(({ id, what, status, attempts, created, answer, error }) => (
            <tr key={id}>
              <td data-label="Event">{what}</td>
              <td data-label="When" title={formatTime(created)}>
                {formatAgo(created)}
              </td>
              <td data-label="State">
                <Badge tone={TONES[status as keyof typeof TONES] ?? 'neutral'}>{status}</Badge>{' '}
                <span className="muted">
                  {attempts} {attempts === 1 ? 'attempt' : 'attempts'}
                </span>
              </td>
              <td className="break" data-label="Answer">
                {answer} {error}
              </td>
              <td className="end">
                <Button
                  kind="quiet"
                  className="small"
                  aria-label={`Send again: ${what}`}
                  onClick={() => onReplay(id)}
                >
                  Send again
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
