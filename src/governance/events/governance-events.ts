import type { Transaction } from '../../platform/db/database.js';

/** Everything in the registry and its governance that somebody can ask to be told of. */
export const EVENT_KINDS = [
  'registered_model.created',
  'registered_model.renamed',
  'registered_model.deleted',
  'registered_model_tag.set',
  'registered_model_tag.deleted',
  'model_version.created',
  'model_version.deleted',
  'model_version.transitioned_stage',
  'model_version.rolled_back',
  'model_version.quarantined',
  'model_version_tag.set',
  'model_version_tag.deleted',
  'model_alias.set',
  'model_alias.deleted',
  'comment.created',
  'transition_request.created',
  'transition_request.approved',
  'transition_request.rejected',
  'transition_request.cancelled',
  'transition_request.expired',
  'transition_request.dismissed',
  'promotion.denied',
  'break_glass.opened',
  'break_glass.used',
  'break_glass.reviewed',
  'break_glass.unreviewed',
  'card.expiring',
  'card.expired',
  'artifacts.tampered',
  'audit.verification_failed',
  'drill.too_slow',
] as const;

export type EventKind = (typeof EVENT_KINDS)[number];

/** Something that has happened. */
export interface GovernanceEvent {
  readonly kind: EventKind;
  /** Absent for what is about no model, such as the audit log. */
  readonly model?: string | undefined;
  readonly version?: number | undefined;
  /** Who did it; absent for what the server does by itself. */
  readonly actor?: string | undefined;
  /** One sentence for people. */
  readonly summary: string;
  /** What programs want to know beside; plain JSON, and no secrets. */
  readonly data?: Readonly<Record<string, unknown>> | undefined;
  /** Whether it is about a prompt, of which nobody is told; asked where somebody would be. */
  readonly isPrompt?: () => Promise<boolean>;
}

/** What tells who wants to hear of an event. */
export type ExpectedEvent = Pick<GovernanceEvent, 'kind' | 'data'>;

/**
 * Is told of what happens in the transaction that makes it: what is to be delivered is stored with
 * the change or not at all. To be told before the audit log, which is held until the commit.
 */
export interface GovernanceEvents {
  /**
   * Asks at the beginning of a transaction for who wants to hear of what it is about to do, so that
   * nobody has to be waited for later.
   */
  expect?(tx: Transaction, model: string, events: readonly ExpectedEvent[]): Promise<unknown>;
  emit(tx: Transaction, event: GovernanceEvent): Promise<void>;
}

export const nobodyToTell: GovernanceEvents = { emit: async () => undefined };
