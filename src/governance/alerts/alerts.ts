import type { Transaction } from '../../platform/db/database.js';

/** Something that somebody has to look at. */
export interface Alert {
  /** Such as `drill.too_slow`; see the kinds of events. */
  readonly kind: string;
  readonly model?: string;
  readonly version?: number;
  /** One sentence for people. */
  readonly summary: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Is told of alerts in the transaction that finds the reason for them. */
export interface Alerts {
  raise(tx: Transaction, alert: Alert): Promise<void>;
}

/** For a server that tells nobody, and for tests of something else. */
export const noAlerts: Alerts = { raise: async () => undefined };
