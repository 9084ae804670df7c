import type { PassedOver, Pins } from './facts.js';
import type { Violation } from './violation.js';

/** What has to be stored in the same transaction as the decision. */
export type Obligation =
  | { readonly kind: 'warn'; readonly violation: Violation }
  | { readonly kind: 'open_request'; readonly target: string; readonly creator: string }
  | { readonly kind: 'expire_request'; readonly request: string }
  | {
      readonly kind: 'dismiss_approvals';
      readonly request: string;
      readonly approvals: readonly string[];
    }
  | {
      readonly kind: 'record_approval';
      /** Missing where a lead promotes directly what another trained. */
      readonly request?: string;
      readonly target: string;
      readonly approver: string;
      readonly roles: readonly string[];
      readonly pins: Pins;
    }
  | {
      readonly kind: 'close_request';
      readonly request: string;
      /** Where one person's word is enough, and no approval is kept: what he has agreed to. */
      readonly agreed?: string;
    }
  | { readonly kind: 'apply'; readonly target: string }
  | { readonly kind: 'move_alias'; readonly alias: string; readonly version: number }
  | {
      readonly kind: 'promote_last_good';
      readonly version: number;
      readonly stage: string;
      readonly passed_over: readonly PassedOver[];
    }
  /** The stage is left empty, since none of those that served before may serve again. */
  | { readonly kind: 'leave_empty'; readonly passed_over: readonly PassedOver[] }
  | { readonly kind: 'quarantine'; readonly version: number }
  | { readonly kind: 'open_review'; readonly grant: string; readonly dueAt: number };

export interface Decision {
  readonly allowed: boolean;
  /** All of them; where it is allowed nevertheless they are what `enforce` would deny. */
  readonly violations: readonly Violation[];
  readonly obligations: readonly Obligation[];
}

export const ALLOWED: Decision = { allowed: true, violations: [], obligations: [] };
