import type { Caller, Requirement } from '../../platform/http/operation.js';
import { nameKey, type ReviewQueue } from './review-queues.js';

export type Allows = (caller: Caller, needed: Requirement) => Promise<boolean>;

/** How a caller is tied to a queue; whoever may use the experiment is none of these by that. */
export type Tie = 'assigned' | 'owner' | 'manager';

const ofExperiment = (access: Requirement['access'], experiment: string): Requirement => ({
  ...{ access, of: 'experiment', id: experiment },
});

/** Who may do what with a queue, beyond what takes access to its experiment. */
export class QueueAccess {
  readonly #allows: Allows;

  constructor(allows: Allows) {
    this.#allows = allows;
  }

  /** @returns whether the caller is tied to the queue in one of these ways */
  async isAny(caller: Caller, queue: ReviewQueue, ties: readonly Tie[]): Promise<boolean> {
    if (caller.method === 'nobody' || caller.isAdmin) return true;
    if (ties.includes('assigned') && queue.users.includes(nameKey(caller.name))) return true;
    if (ties.includes('owner') && queue.created_by === caller.name) return true;
    if (!ties.includes('manager')) return false;
    return this.#allows(caller, ofExperiment('manage', String(queue.experiment_id)));
  }

  /** @returns the user whose queues alone a caller sees; undefined for one who sees all */
  async seenBy(caller: Caller, experiment: string): Promise<string | undefined> {
    if (caller.method === 'nobody' || caller.isAdmin) return undefined;
    return (await this.#allows(caller, ofExperiment('edit', experiment))) ? undefined : caller.name;
  }
}

/** @returns who has signed in; undefined where nobody does */
export const signedIn = (caller: Caller): string | undefined =>
  caller.method === 'nobody' ? undefined : caller.name;
