import { path } from '../../frame/router.ts';
import { formatTime } from '../../shared/format.ts';

/** That a version was somewhere for some time, or still is. */
export interface Period {
  readonly version?: string;
  readonly stage?: string;
  readonly alias?: string;
  readonly from?: number;
  readonly entered_by?: string;
  readonly to?: number;
  readonly left_by?: string;
  readonly left_because?: string;
}

/** Such as `Production` or `@champion`. */
export const placeOf = ({ alias, stage = '' }: Period): string => (alias ? `@${alias}` : stage);

const WHY: Readonly<Record<string, string>> = {
  replaced: 'Replaced by another',
  left: 'Moved elsewhere',
  deleted: 'Deleted',
  rolled_back: 'Rolled back',
  quarantined: 'Quarantined',
};

export function Periods({
  name,
  periods,
  none,
  label,
}: {
  readonly name: string;
  readonly periods: readonly Period[];
  readonly none: string;
  readonly label: string;
}) {
  if (periods.length === 0) return <p className="muted">{none}</p>;
  const hasLeft = periods.some((one) => one.left_because);
  return (
    <div className="table-wrap">
      <table className="list tight stacks" aria-label={label}>
        <thead>
          <tr>
            <th>Where</th>
            <th>Version</th>
            <th>From</th>
            <th>To</th>
            {hasLeft ? <th className="wide-only">Why it left</th> : null}
          </tr>
        </thead>
        <tbody>
          {periods.map((one) => (
            <tr key={`${one.stage} ${one.alias} ${one.version} ${one.from}`}>
              <td data-label="Where">{placeOf(one)}</td>
              <td data-label="Version">
                <a href={`#${path`/models/${name}/versions/${one.version ?? ''}`}`}>
                  Version {one.version}
                </a>
              </td>
              <td data-label="From">
                {formatTime(one.from)} <span className="muted">by {one.entered_by}</span>
              </td>
              <td data-label="To">
                {one.to ? (
                  <>
                    {formatTime(one.to)} <span className="muted">by {one.left_by}</span>
                  </>
                ) : (
                  'still there'
                )}
              </td>
              {hasLeft ? (
                <td className="wide-only">
                  {WHY[one.left_because ?? ''] ?? one.left_because ?? ''}
                </td>
              ) : null}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
