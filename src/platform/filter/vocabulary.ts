import type { Language } from './language.js';
import type { OrderLanguage } from './order-by.js';
import type { Storage } from './storage.js';

/** All that a search has of its own: its words, its order, and where its fields are stored. */
export interface Vocabulary {
  readonly language: Language;
  readonly order: OrderLanguage;
  readonly storage: Storage;
}
