import type { SubscriptionStatus } from './subscriptions.js';

/** All of a subscription, as it is to be. */
export interface Wish {
  readonly description: string;
  /** A glob; for a registry webhook a model's name, or nothing for all. */
  readonly modelPattern: string;
  readonly events: readonly string[];
  readonly status: SubscriptionStatus;
  readonly url: string;
  readonly recipients: readonly string[];
  readonly verifyTls: boolean;
  readonly secret: string | undefined;
  readonly authorization: string | undefined;
}

/** What is to change; undefined leaves it as it is. */
export type Change = { readonly [Name in keyof Wish]?: Wish[Name] | undefined };

/** @returns whether a change sends nothing that was not sent before: a pause, another description */
export const isQuiet = (change: Change): boolean =>
  change.status !== 'ACTIVE' &&
  Object.entries(change).every(
    ([name, value]) => value === undefined || name === 'status' || name === 'description',
  );
