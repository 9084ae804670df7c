import type { IncomingMessage } from 'node:http';
import { MlflowError } from '../../errors.js';
import type { By, Caller } from '../../platform/http/operation.js';
import { nameField, passwordField, placed } from './form-pages.js';
import { readForm } from './forms.js';
import type { FormPage } from './html.js';
import { byOf, type Handle, redirect, show, type Visit } from './visit.js';

/** Who may make accounts, and making one. */
export interface NewUsers {
  /** @throws MlflowError 403 for who may not */
  requireMaker(by: By): Promise<void>;
  create(username: string, password: string, by: By): Promise<unknown>;
}

export interface SignUpPageParts {
  readonly identify: (request: IncomingMessage) => Caller | Promise<Caller>;
  readonly users: NewUsers;
  readonly prefix: string;
}

const SIGN_UP = '/signup';
const CREATE = '/mlflow/users/create-ui';

/** MLflow's page on which administrators make accounts for others. */
export class SignUpPage {
  readonly routes: ReadonlyMap<string, Handle>;
  readonly #parts: SignUpPageParts;

  constructor(parts: SignUpPageParts) {
    this.#parts = parts;
    const create: Handle = (visit) => this.#create(visit);
    this.routes = new Map<string, Handle>([
      [`GET ${SIGN_UP}`, (visit) => this.#open(visit)],
      [`POST /api/2.0${CREATE}`, create],
      [`POST /ajax-api/2.0${CREATE}`, create],
    ]);
  }

  async #open(visit: Visit): Promise<void> {
    const { request, response } = visit;
    try {
      await this.#parts.users.requireMaker(await this.#by(visit));
    } catch (error) {
      const isPage = request.headers.accept?.includes('text/html') === true;
      const isUnknown = error instanceof MlflowError && error.status === 401;
      if (!isPage || !isUnknown || request.headers.authorization !== undefined) throw error;
      return redirect(response, placed(this.#parts.prefix, '/signin', SIGN_UP), []);
    }
    show(visit, 200, this.#form());
  }

  async #create(visit: Visit): Promise<void> {
    const by = await this.#by(visit);
    const form = await readForm(visit.request, visit.isSecure);
    const username = form.get('username') ?? '';
    try {
      await this.#parts.users.create(username, form.get('password') ?? '', by);
    } catch (error) {
      if (!(error instanceof MlflowError) || error.status !== 400) throw error;
      return show(visit, 400, { ...this.#form(username), message: error.message });
    }
    show(visit, 200, { ...this.#form(), message: `Successfully signed up user: ${username}` });
  }

  async #by({ request, address }: Visit): Promise<By> {
    return byOf(request, await this.#parts.identify(request), address);
  }

  #form(username = ''): FormPage {
    return {
      title: 'Make an account',
      action: placed(this.#parts.prefix, `/api/2.0${CREATE}`),
      fields: [
        nameField(username),
        passwordField('Password of 12 characters or more', 'new-password'),
      ],
      hidden: {},
      button: 'Sign up',
    };
  }
}
