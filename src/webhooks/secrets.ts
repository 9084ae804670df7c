import { badRequest } from '../errors.js';
import { readKeyFile, readOrMakeKeyFile } from '../platform/secrets/key-file.js';
import { KeyRing } from '../platform/secrets/key-ring.js';

export interface SecretSettings {
  readonly secretKeys: readonly string[];
  readonly keyFile: string | undefined;
}

/** Encrypts the secrets of webhooks. The key is looked for when the first of them needs it. */
export class WebhookSecrets {
  readonly #settings: SecretSettings;
  #ring: Promise<KeyRing | undefined> | undefined;

  constructor(settings: SecretSettings) {
    this.#settings = settings;
  }

  /** @throws MlflowError 400 where there is no key and none may be made */
  async encrypt(secret: string, webhookId: string): Promise<string> {
    const ring = await this.#open();
    if (ring !== undefined) return ring.encrypt(secret, webhookId);
    throw badRequest(
      'A webhook can have no secret yet: start the server with ' +
        'MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY, the same for all servers of this database.',
    );
  }

  /** @throws Error when it was encrypted with a key that is not here */
  async decrypt(sealed: string, webhookId: string): Promise<string> {
    const ring = await this.#open();
    if (ring === undefined) throw new Error('There is no key');
    return ring.decrypt(sealed, webhookId);
  }

  /** @returns the secret under the newest key, or undefined where it is that already */
  async renewed(sealed: string, webhookId: string): Promise<string | undefined> {
    const ring = await this.#open();
    if (ring === undefined || ring.isCurrent(sealed)) return undefined;
    return ring.encrypt(ring.decrypt(sealed, webhookId), webhookId);
  }

  #open(): Promise<KeyRing | undefined> {
    // A file that could not be read may be readable the next time.
    this.#ring ??= this.#read().catch((error: unknown) => {
      this.#ring = undefined;
      throw error;
    });
    return this.#ring;
  }

  async #read(): Promise<KeyRing | undefined> {
    const { secretKeys, keyFile } = this.#settings;
    const [first, ...rest] = secretKeys;
    if (first === undefined) {
      return keyFile === undefined ? undefined : new KeyRing([await readOrMakeKeyFile(keyFile)]);
    }
    // Secrets from the time before a key was given can still be read.
    const own = keyFile === undefined ? undefined : await readKeyFile(keyFile);
    return new KeyRing([first, ...rest, ...(own === undefined ? [] : [own])]);
  }
}
