import * as Radix from '@radix-ui/react-tabs';
import { type ReactNode, useEffect, useRef } from 'react';

export interface Tab {
  readonly id: string;
  readonly label: string;
  readonly count?: number | undefined;
  readonly content: () => ReactNode;
}

/** Tabs of which the open one is named by whoever shows them, such as the address. */
export function Tabs({
  tabs,
  value,
  onChange,
  label,
}: {
  readonly tabs: readonly Tab[];
  readonly value: string;
  readonly onChange: (id: string) => void;
  readonly label: string;
}) {
  const current = tabs.some(({ id }) => id === value) ? value : (tabs[0]?.id ?? '');
  const list = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another tab is open then, or stands elsewhere.
  useEffect(() => {
    const open = list.current?.querySelector<HTMLElement>('[data-state=active]');
    // On a narrow screen the row of tabs is wider than the screen.
    if (open) list.current?.scrollTo({ left: open.offsetLeft - list.current.offsetLeft - 24 });
  }, [current, tabs.length]);
  return (
    <Radix.Root value={current} onValueChange={onChange} className="tabs">
      <Radix.List ref={list} className="tab-list" aria-label={label}>
        {tabs.map(({ id, label: text, count }) => (
          <Radix.Trigger key={id} value={id} className="tab">
            {text}
            {count === undefined ? null : <span className="count">{count}</span>}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {tabs.map(({ id, content }) => (
        <Radix.Content key={id} value={id} className="tab-content">
          {id === current ? content() : null}
        </Radix.Content>
      ))}
    </Radix.Root>
  );
}
