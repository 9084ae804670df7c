/** What a receiver can be in, in the words of the pages. */
export const STATES = { ACTIVE: 'Active', DISABLED: 'Paused', TEST_MODE: 'Tests only' } as const;

export const stateOf = (status: string | undefined): string =>
  STATES[status as keyof typeof STATES] ?? status ?? '';
