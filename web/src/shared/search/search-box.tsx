import { CircleAlert, Search } from 'lucide-react';
import { type KeyboardEvent, useId, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { complete, type SearchLanguage } from './completion.ts';
import './search-box.css';

/** The search language, with completion; what the server says is wrong stands below. */
export function SearchBox({
  label,
  placeholder,
  filter,
  language,
  error,
  onSearch,
}: {
  readonly label: string;
  readonly placeholder: string;
  readonly filter: string;
  readonly language: SearchLanguage;
  readonly error: string | undefined;
  readonly onSearch: (filter: string) => void;
}) {
  const [text, setText] = useState(filter);
  const [given, setGiven] = useState(filter);
  if (given !== filter) {
    // The address has changed: back, forward, or a link.
    setGiven(filter);
    setText(filter);
  }
  const [caret, setCaret] = useState(text.length);
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const input = useRef<HTMLInputElement>(null);
  /** Where the caret belongs behind what was just taken. */
  const taken = useRef<number | undefined>(undefined);
  // With the new text, not after it: whoever types on at once would have his letters torn apart.
  useLayoutEffect(() => {
    const place = taken.current;
    if (place === undefined) return;
    taken.current = undefined;
    input.current?.focus();
    input.current?.setSelectionRange(place, place);
  });
  const id = useId();
  const { from, suggestions } = useMemo(
    () => complete(text, caret, language),
    [text, caret, language],
  );
  const shown = open && suggestions.length > 0;

  const search = () => {
    setOpen(false);
    onSearch(text.trim());
  };
  const take = (suggestion: string) => {
    const next = `${text.slice(0, from)}${suggestion} ${text.slice(caret).trimStart()}`;
    const place = from + suggestion.length + 1;
    setText(next);
    setCaret(place);
    setActive(-1);
    taken.current = place;
  };
  const press = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0) {
      event.preventDefault();
      setOpen(true);
      const count = suggestions.length + 1;
      setActive(((active + 1 + step + count) % count) - 1);
      return;
    }
    const chosen = suggestions[active];
    if (event.key === 'Escape') setOpen(false);
    if (event.key === 'Enter' && shown && chosen !== undefined) take(chosen.text);
    else if (event.key === 'Enter') search();
    else if (event.key === 'Tab' && shown && chosen !== undefined) {
      event.preventDefault();
      take(chosen.text);
    }
  };

  return (
    <div className="search-box">
      <div className={error === undefined ? 'search-field' : 'search-field wrong'}>
        <Search size={16} aria-hidden />
        <input
          ref={input}
          type="text"
          role="combobox"
          aria-label={label}
          aria-expanded={shown}
          aria-controls={shown ? `${id}-list` : undefined}
          aria-activedescendant={shown && active >= 0 ? `${id}-${active}` : undefined}
          aria-autocomplete="list"
          aria-invalid={error !== undefined}
          aria-describedby={error === undefined ? undefined : `${id}-error`}
          autoComplete="off"
          spellCheck={false}
          placeholder={placeholder}
          value={text}
          onFocus={() => setOpen(true)}
          onBlur={() => setOpen(false)}
          onChange={(event) => {
            setText(event.target.value);
            setCaret(event.target.selectionStart ?? event.target.value.length);
            setActive(-1);
            setOpen(true);
          }}
          onSelect={(event) => setCaret(event.currentTarget.selectionStart ?? text.length)}
          onKeyDown={press}
        />
        {text.trim() === filter ? null : <kbd>Enter</kbd>}
      </div>
      {shown ? (
        <div className="suggestions" role="listbox" id={`${id}-list`} aria-label="Suggestions">
          {suggestions.map(({ text: suggestion, hint }, index) => (
            <div
              key={suggestion}
              id={`${id}-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === active}
              // The box keeps the focus.
              onMouseDown={(event) => {
                event.preventDefault();
                take(suggestion);
              }}
            >
              <code>{suggestion}</code>
              <span>{hint}</span>
            </div>
          ))}
        </div>
      ) : null}
      {error === undefined ? null : (
        <p className="search-error" id={`${id}-error`} role="alert">
          <CircleAlert size={15} aria-hidden />
          {error}
        </p>
      )}
    </div>
  );
}
