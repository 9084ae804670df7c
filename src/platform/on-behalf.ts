import { AsyncLocalStorage } from 'node:async_hooks';

const callers = new AsyncLocalStorage<string>();

/** Does something for a caller; whoever shares out what is scarce can tell for whom by {@link whoAsks}. */
export const onBehalfOf = <Result>(caller: string, work: () => Result): Result =>
  callers.run(caller, work);

/** @returns the caller for whom this is done, by name or address; empty for the server itself */
export const whoAsks = (): string => callers.getStore() ?? '';
