import type { Reader } from '../../platform/db/database.js';
import type { Caller } from '../../platform/http/operation.js';
import type { CallerFacts } from '../evaluate/facts.js';
import type { StageKind } from '../policy/profile.js';

/** What somebody wants to do, as far as it takes a right beyond MLflow's levels. */
export interface Wish {
  readonly action: 'transition' | 'alias_set' | 'alias_delete' | 'rollback' | 'break_glass';
  readonly model: string;
  readonly from?: StageKind;
  readonly to?: StageKind;
  readonly alias?: string;
}

/** Tells who somebody is to a model, as the server knows it. */
export interface Callers {
  /** Nothing has to be read to tell it, and it depends on no wish. */
  readonly areAlike?: true;
  /** @param wish undefined where no right beyond the levels is asked about */
  factsOf(caller: Caller, model: string, wish?: Wish): Promise<CallerFacts>;
  /** Whether somebody holds the right to break the glass, of some model at least. */
  breaksGlass(caller: Caller): Promise<boolean>;
  /** @returns another text as soon as the facts of somebody are others, to be asked under a lock */
  markOf(reader: Reader, caller: Caller, model: string): Promise<string>;
}

/** Where nobody signs in, everybody is the same person, who may do everything. */
export const anybody: Callers = {
  areAlike: true,
  factsOf: async ({ name }) => ({ name, roles: [], rights: ['MANAGE'], isAdmin: true }),
  breaksGlass: async () => false,
  markOf: async () => '',
};
