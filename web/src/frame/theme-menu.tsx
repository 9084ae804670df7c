import { Monitor, Moon, Sun } from 'lucide-react';
import { chooseTheme, type Theme, useTheme } from './theme.ts';

const CHOICES: readonly { theme: Theme; label: string; icon: typeof Sun }[] = [
  { theme: 'light', label: 'Light', icon: Sun },
  { theme: 'system', label: 'As the system', icon: Monitor },
  { theme: 'dark', label: 'Dark', icon: Moon },
];

export function ThemeMenu() {
  const { theme } = useTheme();
  return (
    <fieldset className="segments themes">
      <legend className="hidden">Colours</legend>
      {CHOICES.map(({ theme: choice, label, icon: Icon }) => (
        <button
          key={choice}
          type="button"
          aria-pressed={theme === choice}
          aria-label={label}
          title={label}
          onClick={() => chooseTheme(choice)}
        >
          <Icon size={15} aria-hidden />
        </button>
      ))}
    </fieldset>
  );
}
