import type { MlflowError } from '../errors.js';
import type { Transaction } from '../platform/db/database.js';
import type { Caller } from '../platform/http/operation.js';
import type { Stage } from './versions/versions.js';

/** A change of who serves: a version is about to enter a stage, or to be named by an alias. */
export type Promotion =
  | {
      readonly kind: 'stage';
      readonly name: string;
      readonly version: number;
      readonly from: Stage;
      readonly to: Stage;
      /** The other versions in the stage leave it in the same transaction. */
      readonly archiveExisting: boolean;
    }
  | {
      readonly kind: 'alias';
      readonly name: string;
      readonly version: number;
      readonly alias: string;
    };

export type Verdict =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly refusal: MlflowError };

/**
 * Asked before each promotion, inside its transaction and under the lock of the model's row: what
 * it reads still holds when the change is stored, and what it writes is stored with the change.
 */
export interface PromotionGate {
  judge(tx: Transaction, promotion: Promotion, caller: Caller): Promise<Verdict>;
}

/** Lets everything pass, as MLflow does. */
export const openGate: PromotionGate = {
  judge: async () => ({ allowed: true }),
};
