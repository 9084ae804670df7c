import type { Transaction } from '../../platform/db/database.js';

/** Something that people have to hear of. */
export interface Alert {
  /** For example `card.expiring`. */
  readonly kind: string;
  readonly model?: string;
  readonly version?: number;
  /** One sentence. */
  readonly summary: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Is told what people have to hear of, in the transaction that finds it out. */
export interface Alerts {
  raise(tx: Transaction, alert: Alert): Promise<void>;
}

/** Where nobody is told. */
export const noAlerts: Alerts = { raise: async () => undefined };
