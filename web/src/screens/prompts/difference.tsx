import { useMemo } from 'react';
import { differences } from './differences.ts';

/** Two texts side by side, with what went and what came. */
export function Difference({ before, after }: { readonly before: string; readonly after: string }) {
  const pairs = useMemo(() => differences(before, after), [before, after]);
  return (
    <div className="table-wrap">
      <table className="difference" aria-label="Lines of both versions">
        <thead>
          <tr>
            <th>Old</th>
            <th>New</th>
          </tr>
        </thead>
        <tbody>
          {pairs.map((pair, index) => {
            const same = pair.before === pair.after;
            return (
              // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other name.
              <tr key={index}>
                <td className={same || pair.before === undefined ? '' : 'removed'}>
                  {same || pair.before === undefined ? pair.before : <del>{pair.before}</del>}
                </td>
                <td className={same || pair.after === undefined ? '' : 'added'}>
                  {same || pair.after === undefined ? pair.after : <ins>{pair.after}</ins>}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {before === after ? <p className="muted same">Both say the same.</p> : null}
    </div>
  );
}
