import type { IncomingMessage } from 'node:http';

/** What there was to see of a request, once it has been answered. */
export interface Seen {
  readonly request: IncomingMessage;
  /** Of the contract; undefined where no route was found. */
  readonly operation: string | undefined;
  readonly status: number;
  /** From the request's headers to the end of the handler. */
  readonly milliseconds: number;
}

/** Watches requests; it must neither fail nor wait. */
export interface RequestObserver {
  began(): void;
  /** @param work answers the request, whatever comes of it */
  around?(request: IncomingMessage, operation: string, work: () => Promise<void>): Promise<void>;
  ended(seen: Seen): void;
}

/** Several observers as one. */
export function observers(all: readonly RequestObserver[]): RequestObserver | undefined {
  const [only] = all;
  if (all.length < 2) return only;
  const outer = all.find(({ around }) => around !== undefined);
  return {
    began: () => {
      for (const each of all) each.began();
    },
    ...(outer?.around === undefined ? {} : { around: outer.around.bind(outer) }),
    ended: (seen) => {
      for (const each of all) each.ended(seen);
    },
  };
}
