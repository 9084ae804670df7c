import type { Ref } from 'react';
import './charts.css';
import { colorOf } from './series.ts';

/** Which colour is what; beside each a place for its value under the pointer. */
export function Legend({
  names,
  dark,
  ref,
}: {
  readonly names: readonly { readonly id: string; readonly label: string }[];
  readonly dark: boolean;
  readonly ref?: Ref<HTMLUListElement>;
}) {
  return (
    <ul className="legend" ref={ref}>
      {names.map(({ id, label }, index) => (
        <li key={id}>
          <svg width="14" height="4" aria-hidden="true">
            <rect width="14" height="4" rx="2" fill={colorOf(index, dark)} />
          </svg>
          <span title={label}>{label}</span>
          <b />
        </li>
      ))}
    </ul>
  );
}
