import { Check, Copy as CopyIcon } from 'lucide-react';
import { useState } from 'react';
import { IconButton } from './button.tsx';
import { notifyError } from './notices.tsx';

export function Copy({ text, label = 'Copy' }: { readonly text: string; readonly label?: string }) {
  const [done, setDone] = useState(false);
  return (
    <IconButton
      label={done ? 'Copied' : label}
      className="small"
      onClick={() => {
        void copy(text).then(() => {
          setDone(true);
          setTimeout(() => setDone(false), 1500);
        }, notifyError);
      }}
    >
      {done ? <Check size={14} /> : <CopyIcon size={14} />}
    </IconButton>
  );
}

/** Browsers keep their clipboard from pages that come without TLS; those select and copy. */
async function copy(text: string): Promise<void> {
  if (window.isSecureContext) return navigator.clipboard.writeText(text);
  const place = document.createElement('textarea');
  place.value = text;
  place.className = 'hidden';
  // In a dialog, nothing outside of it can be selected.
  (document.activeElement?.closest('dialog') ?? document.body).append(place);
  const before = document.activeElement;
  place.select();
  const isDone = document.execCommand('copy');
  place.remove();
  if (before instanceof HTMLElement) before.focus();
  if (!isDone) throw new Error('The browser does not let pages without TLS copy: select the text.');
}
