import { PARENT } from './view.ts';

/** What a group is called: the value that its runs share, or the name of the run above them. */
export function GroupName({
  group,
  value,
  names,
}: {
  readonly group: string;
  readonly value: string | undefined;
  readonly names: ReadonlyMap<string, string>;
}) {
  const isParent = group === PARENT;
  if (value === undefined) {
    return <i>{isParent ? 'Runs without a parent' : 'Without a value'}</i>;
  }
  if (value === '') return <i>Empty</i>;
  const shown = (isParent && names.get(value)) || value;
  return <b title={shown.slice(0, 300)}>{shown.slice(0, 300)}</b>;
}
