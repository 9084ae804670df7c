import { lazy, Suspense } from 'react';
import { Loading } from './loading.tsx';

const Rendered = lazy(async () => ({
  default: (await import('./markdown-text.tsx')).MarkdownText,
}));

/** Markdown that a stranger may have written. */
export function Markdown({ text }: { readonly text: string }) {
  return (
    <Suspense fallback={<Loading lines={3} />}>
      <Rendered text={text} />
    </Suspense>
  );
}
