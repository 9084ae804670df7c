import type { ReactNode } from 'react';

export type Tone = 'neutral' | 'good' | 'bad' | 'warn' | 'info';

export function Badge({
  tone = 'neutral',
  children,
}: {
  readonly tone?: Tone;
  readonly children: ReactNode;
}) {
  return (
    <span className={`badge ${tone}`} title={longText(children)}>
      {children}
    </span>
  );
}

const WIDE = 32;

/** What may be cut off where it is shown. */
function longText(children: ReactNode): string | undefined {
  const parts = [children].flat();
  if (!parts.every((part) => typeof part === 'string')) return undefined;
  const text = parts.join('');
  return text.length > WIDE ? text : undefined;
}

const RUN: Readonly<Record<string, readonly [string, Tone]>> = {
  RUNNING: ['Running', 'info'],
  SCHEDULED: ['Scheduled', 'neutral'],
  FINISHED: ['Finished', 'good'],
  FAILED: ['Failed', 'bad'],
  KILLED: ['Killed', 'warn'],
};

/** The state of a run: a dot with a word, so that nobody needs the colour. */
export function RunStatus({ status = '' }: { readonly status?: string | undefined }) {
  const [text, tone] = RUN[status] ?? [status, 'neutral'];
  return (
    <span className={`status ${tone}`}>
      <span className="dot" aria-hidden />
      {text}
    </span>
  );
}

const STAGES: Readonly<Record<string, Tone>> = {
  Production: 'good',
  Staging: 'warn',
  Archived: 'neutral',
};

export function Stage({ stage }: { readonly stage: string | undefined }) {
  if (stage === undefined || stage === '' || stage === 'None') return null;
  return <Badge tone={STAGES[stage] ?? 'neutral'}>{stage}</Badge>;
}
