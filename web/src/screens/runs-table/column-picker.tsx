import { Columns3, Plus } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../shared/ui/button.tsx';
import { Popover } from '../../shared/ui/popover.tsx';
import { ATTRIBUTE_IDS, columnOf } from './columns.ts';
import type { Keys } from './run-language.ts';

const NAME = 'attributes.run_name';

/** Which columns are shown. */
export function ColumnPicker({
  keys,
  chosen,
  onChoose,
}: {
  readonly keys: Keys;
  readonly chosen: readonly string[];
  /** Undefined goes back to what is shown before anybody picks. */
  readonly onChoose: (ids: readonly string[] | undefined) => void;
}) {
  const [search, setSearch] = useState('');
  const groups: readonly [string, readonly string[]][] = [
    ['Attributes', ATTRIBUTE_IDS.filter((id) => id !== NAME)],
    ['Metrics', withChosen('metrics', keys.metrics, chosen)],
    ['Parameters', withChosen('params', keys.params, chosen)],
    ['Tags', withChosen('tags', keys.tags, chosen)],
  ];
  // Keys are known of the runs at hand; others may be typed.
  const typed = search.trim();
  const unknown = (['metrics', 'params', 'tags'] as const).filter(
    (kind) => typed !== '' && !keys[kind].includes(typed),
  );
  const toggle = (id: string) =>
    onChoose(chosen.includes(id) ? chosen.filter((each) => each !== id) : [...chosen, id]);
  return (
    <Popover
      label="Columns"
      trigger={
        <Button>
          <Columns3 size={15} aria-hidden /> Columns
        </Button>
      }
    >
      <div className="picker">
        <input
          type="search"
          placeholder="Find a column"
          aria-label="Find a column"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
        {groups.map(([title, ids]) => {
          const found = ids
            .filter((id) => columnOf(id).label.toLowerCase().includes(search.toLowerCase()))
            .slice(0, 200);
          if (found.length === 0) return null;
          return (
            <fieldset key={title}>
              <legend>{title}</legend>
              {found.map((id) => (
                <label key={id} className="check">
                  <input
                    type="checkbox"
                    checked={chosen.includes(id)}
                    onChange={() => toggle(id)}
                  />
                  <span>{columnOf(id).label}</span>
                </label>
              ))}
            </fieldset>
          );
        })}
        {typed === '' ? null : (
          <div className="picker-more">
            {unknown.map((kind) => (
              <Button
                key={kind}
                kind="quiet"
                className="small"
                onClick={() => {
                  onChoose([...new Set([...chosen, `${kind}.${typed}`])]);
                  setSearch('');
                }}
              >
                <Plus size={14} aria-hidden /> {kind}.{typed.slice(0, 60)}
              </Button>
            ))}
          </div>
        )}
        <div className="row-end">
          <Button kind="quiet" className="small" onClick={() => onChoose([])}>
            None
          </Button>
          <Button kind="quiet" className="small" onClick={() => onChoose(undefined)}>
            As at first
          </Button>
        </div>
      </div>
    </Popover>
  );
}

/** Columns of one kind: of the keys that are known, and those that were typed before. */
const withChosen = (kind: string, keys: readonly string[], chosen: readonly string[]) => [
  ...new Set([
    ...keys.map((key) => `${kind}.${key}`),
    ...chosen.filter((id) => id.startsWith(`${kind}.`)),
  ]),
];
