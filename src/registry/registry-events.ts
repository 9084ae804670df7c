import type { Transaction } from '../platform/db/database.js';
import type { Tag } from './tags.js';

/** Whether it is about a prompt; asked for only where somebody wants to know. */
export type IsPrompt = () => Promise<boolean>;

/** What has happened in the registry. The changes that MLflow tells nobody of are not among them. */
export type RegistryEvent =
  | {
      readonly kind: 'model created';
      readonly name: string;
      readonly description: string;
      readonly tags: readonly Tag[];
      readonly isPrompt: IsPrompt;
    }
  | {
      readonly kind: 'version created';
      readonly name: string;
      readonly version: number;
      /** As the caller named them. */
      readonly source: string;
      readonly runId: string | undefined;
      readonly description: string;
      readonly tags: readonly Tag[];
      readonly isPrompt: IsPrompt;
    }
  | ({ readonly kind: 'model tag set' } & OfModel & Tag)
  | ({ readonly kind: 'model tag deleted'; readonly key: string } & OfModel)
  | ({ readonly kind: 'version tag set' } & OfVersion & Tag)
  | ({ readonly kind: 'version tag deleted'; readonly key: string } & OfVersion)
  | ({ readonly kind: 'alias set'; readonly alias: string } & OfVersion)
  | ({ readonly kind: 'alias deleted'; readonly alias: string } & OfModel);

interface OfModel {
  readonly name: string;
  readonly isPrompt: IsPrompt;
}

interface OfVersion extends OfModel {
  readonly version: number;
}

/**
 * Is told of each change in the transaction that makes it: what it stores is stored with the
 * change or not at all. It must not take its time, since the model's row is locked.
 */
export interface RegistryEvents {
  /** Asks at the beginning of a transaction for who wants to hear of what it is about to do. */
  expect?(tx: Transaction, kind: RegistryEvent['kind']): Promise<unknown>;
  emit(tx: Transaction, event: RegistryEvent): Promise<void>;
}

export const nobodyListens: RegistryEvents = { emit: async () => undefined };
