export type Verdict = 'ok' | 'warn' | 'fail';

/** What a look at one thing has found. */
export interface Finding {
  readonly check: string;
  readonly verdict: Verdict;
  readonly found: string;
  /** What to do; absent where all is well. */
  readonly advice?: string;
}

export const ok = (check: string, found: string): Finding => ({ check, verdict: 'ok', found });
export const warn = (check: string, found: string, advice: string): Finding => ({
  ...{ check, verdict: 'warn', found, advice },
});
export const fail = (check: string, found: string, advice: string): Finding => ({
  ...{ check, verdict: 'fail', found, advice },
});

/** The reason in one line, without what a stack or a query would add. */
export const reasonOf = (error: unknown): string => {
  const own = error instanceof Error ? error.message : String(error);
  const text = own === '' && error instanceof AggregateError ? reasonOf(error.errors[0]) : own;
  return text.split('\n', 1)[0] ?? '';
};
