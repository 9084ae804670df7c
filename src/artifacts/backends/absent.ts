import { type MlflowError, notImplemented } from '../../errors.js';
import type { ArtifactBackend } from './backend.js';

/** Storage that the server has no way to reach. Clients with an access of their own still do. */
export class AbsentStore implements ArtifactBackend {
  readonly #scheme: string;

  constructor(scheme: string) {
    this.#scheme = scheme;
  }

  folder(): this {
    return this;
  }

  list(): Promise<never> {
    return Promise.reject(this.#refusal());
  }

  open(): Promise<never> {
    return Promise.reject(this.#refusal());
  }

  store(): Promise<never> {
    return Promise.reject(this.#refusal());
  }

  remove(): Promise<never> {
    return Promise.reject(this.#refusal());
  }

  #refusal(): MlflowError {
    return notImplemented(
      `The server does not reach artifacts in '${this.#scheme}' storage; clients can use it directly`,
    );
  }
}
