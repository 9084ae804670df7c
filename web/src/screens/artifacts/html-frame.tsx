import { useEffect, useRef } from 'react';
import { BASE } from '../../shared/api.ts';

/**
 * HTML that a stranger may have written. The frame has no origin, and its own policy lets it reach
 * no host; it is handed the text by a message.
 */
export function HtmlFrame({ html, title }: { readonly html: string; readonly title: string }) {
  const frame = useRef<HTMLIFrameElement>(null);
  useEffect(() => {
    const listen = (event: MessageEvent) => {
      const inner = frame.current?.contentWindow;
      if (event.source === inner && event.data === 'ready') inner?.postMessage(html, '*');
    };
    addEventListener('message', listen);
    return () => removeEventListener('message', listen);
  }, [html]);
  return (
    <iframe
      ref={frame}
      className="frame"
      sandbox="allow-scripts"
      src={`${BASE}/web-files/frame.html`}
      title={title}
    />
  );
}
