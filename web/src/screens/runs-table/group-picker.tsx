import { columnOf, isOfSystem } from './columns.ts';
import type { Keys } from './run-language.ts';
import { PARENT } from './view.ts';

/** By what runs are grouped. */
export function GroupPicker({
  keys,
  group,
  onGroup,
}: {
  readonly keys: Keys;
  readonly group: string;
  readonly onGroup: (group: string) => void;
}) {
  const params = keys.params.map((key) => `params.${key}`);
  const tags = keys.tags.filter((key) => !isOfSystem(key)).map((key) => `tags.${key}`);
  const known = ['', PARENT, ...params, ...tags].includes(group);
  return (
    <select
      className="group-picker"
      aria-label="Group runs by"
      value={group}
      onChange={(event) => onGroup(event.target.value)}
    >
      <option value="">No groups</option>
      <option value={PARENT}>By parent run</option>
      {known ? null : <option value={group}>By {columnOf(group).label}</option>}
      <optgroup label="Parameters">
        {params.map((id) => (
          <option key={id} value={id}>
            By {columnOf(id).label}
          </option>
        ))}
      </optgroup>
      <optgroup label="Tags">
        {tags.map((id) => (
          <option key={id} value={id}>
            By {columnOf(id).label}
          </option>
        ))}
      </optgroup>
    </select>
  );
}
