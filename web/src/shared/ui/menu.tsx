import * as Radix from '@radix-ui/react-dropdown-menu';
import type { ReactNode } from 'react';

export interface MenuItem {
  readonly label: string;
  readonly icon?: ReactNode;
  readonly danger?: boolean;
  readonly disabled?: boolean;
  readonly onSelect: () => void;
}

/** A button that opens a list of things to do. */
export function Menu({
  trigger,
  items,
  onOpen,
}: {
  readonly trigger: ReactNode;
  readonly items: readonly MenuItem[];
  readonly onOpen?: () => void;
}) {
  return (
    <Radix.Root modal={false} onOpenChange={(open) => open && onOpen?.()}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content className="menu" align="end" sideOffset={4} collisionPadding={8}>
          {items.map(({ label, icon, danger, disabled = false, onSelect }) => (
            <Radix.Item
              key={label}
              className={danger ? 'menu-item danger' : 'menu-item'}
              disabled={disabled}
              onSelect={onSelect}
            >
              {icon}
              {label}
            </Radix.Item>
          ))}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
