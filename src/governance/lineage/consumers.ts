import type { Reader } from '../../platform/db/database.js';

/** Somebody who has loaded a version. */
export interface Consumer {
  readonly principal: string;
  /** How often, as far as that is counted. */
  readonly loads: number;
  readonly lastLoaded: number;
  /** What the client calls itself. */
  readonly userAgent?: string | undefined;
}

/** Knows who loads which version. */
export interface Consumers {
  /** @returns those who loaded a version last, the latest first */
  consumersOf(reader: Reader, model: string, version: number, limit: number): Promise<Consumer[]>;
}

/** Where nobody counts loads. */
export const noConsumers: Consumers = { consumersOf: async () => [] };
