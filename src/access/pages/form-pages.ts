import type { Field, FormPage } from './html.js';

/** @returns where a browser finds a page, and where it goes on to from there */
export function placed(prefix: string, path: string, next = '/'): string {
  const query = next === '/' ? '' : `?${new URLSearchParams({ next })}`;
  return `${prefix}${path}${query}`;
}

/** The forms that people see who sign in and out. */
export class Forms {
  readonly #prefix: string;
  readonly #provider: string | undefined;

  /** @param provider what the identity provider is called; undefined where there is none */
  constructor(prefix: string, provider: string | undefined) {
    this.#prefix = prefix;
    this.#provider = provider;
  }

  signIn(next: string, username = ''): FormPage {
    const link = this.#away(next);
    const fields = [nameField(username), passwordField('Password', 'current-password')];
    return { title: 'Sign in', fields, hidden: { next }, button: 'Sign in', link };
  }

  /** The sign-in where another page was asked for. */
  signInElsewhere(): FormPage {
    return { ...this.signIn('/'), action: placed(this.#prefix, '/signin') };
  }

  signOut(): FormPage {
    const action = placed(this.#prefix, '/signout');
    return { title: 'Sign out', action, fields: [], hidden: {}, button: 'Sign out' };
  }

  setUp(username = ''): FormPage {
    return {
      title: 'Make the first administrator',
      action: placed(this.#prefix, '/setup'),
      fields: [
        {
          name: 'setup_token',
          label: 'Set-up token, printed at the start',
          type: 'password',
          autocomplete: 'off',
        },
        nameField(username),
        passwordField('Password of 12 characters or more', 'new-password'),
      ],
      hidden: {},
      button: 'Make the account',
      // Whoever the provider calls an administrator needs no set-up.
      link: this.#away('/'),
    };
  }

  #away(next: string): FormPage['link'] {
    if (this.#provider === undefined) return undefined;
    const href = placed(this.#prefix, '/oidc/login', next);
    return { href, text: `Sign in with ${this.#provider}` };
  }
}

export const nameField = (value: string): Field => ({
  name: 'username',
  label: 'User name',
  type: 'text',
  autocomplete: 'username',
  value,
});

export const passwordField = (label: string, autocomplete: string): Field => ({
  name: 'password',
  label,
  type: 'password',
  autocomplete,
});
