import type { WebhookSecrets } from '../webhooks/secrets.js';
import type { Secrets, Subscription } from './subscriptions.js';

/** Encrypts what nobody is shown again, as the secrets of webhooks are. */
export class SealedSecrets {
  readonly #ring: WebhookSecrets;

  constructor(ring: WebhookSecrets) {
    this.#ring = ring;
  }

  /** @returns null where there is nothing to be kept */
  async seal(secrets: Secrets, id: string): Promise<string | null> {
    const kept = Object.entries(secrets).filter(([, text]) => text !== undefined && text !== '');
    return kept.length === 0
      ? null
      : this.#ring.encrypt(JSON.stringify(Object.fromEntries(kept)), id);
  }

  /** @throws Error when they were encrypted with a key that is not here */
  async open({ sealed, id }: Pick<Subscription, 'sealed' | 'id'>): Promise<Secrets> {
    return sealed === null ? {} : (JSON.parse(await this.#ring.decrypt(sealed, id)) as Secrets);
  }

  /** @returns them under the newest key, or undefined where they are that already */
  renewed(sealed: string, id: string): Promise<string | undefined> {
    return this.#ring.renewed(sealed, id);
  }
}
