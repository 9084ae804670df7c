import type { IncomingMessage, ServerResponse } from 'node:http';
import { MlflowError } from '../../errors.js';
import type { Database } from '../../platform/db/database.js';
import { ANYBODY } from '../../platform/http/guard.js';
import { originOf } from '../../platform/http/incoming-call.js';
import type { Origin, SignInMethod } from '../../platform/http/operation.js';
import type { SendError } from '../../platform/http/send-error.js';
import type { SetupService } from '../setup/setup.service.js';
import type { Authenticator } from '../sign-in/authenticator.js';
import type { PasswordChecks } from '../sign-in/password-checks.js';
import type { ReadPeer } from '../sign-in/peer.js';
import { wrongPassword } from '../sign-in/refusals.js';
import { sessionCookie, sessionOf } from '../sign-in/session-cookie.js';
import type { SessionService } from '../sign-in/sessions.service.js';
import type { User, UserStore } from '../users/users.store.js';
import { Forms, placed } from './form-pages.js';
import { readForm, safePath } from './forms.js';
import type { SignUpPage } from './sign-up-page.js';
import { byOf, type Handle, redirect, show, type Visit } from './visit.js';

/** Sign-in at an identity provider, as a browser goes through it. */
export interface OidcPages {
  /** For the button. */
  readonly label: string;
  /** @returns where the browser is to go, and the cookie that it is to come back with */
  begin(next: string, isSecure: boolean): Promise<{ url: string; cookie: string }>;
  /** @throws MlflowError 401 when the provider, or whoever sent the browser here, is not to be believed */
  finish(
    request: IncomingMessage,
    isSecure: boolean,
    origin: Origin,
  ): Promise<{ user: User; next: string; cookie: string }>;
}

export interface SignInPagesParts {
  readonly database: Database;
  readonly authenticator: Authenticator;
  readonly users: UserStore;
  readonly passwords: PasswordChecks;
  readonly sessions: SessionService;
  readonly setup: SetupService;
  readonly signUp: SignUpPage;
  /** Undefined where no identity provider is set up. */
  readonly oidc: OidcPages | undefined;
  readonly peerOf: ReadPeer;
  /** The static prefix, which requests no longer have. */
  readonly prefix: string;
  readonly sendError: SendError;
}

/** Paths that a browser may open without being asked who it is. */
const OPEN = /^\/(?:health|ready|version|openapi\.json|favicon\.ico|static-files\/.*)$/;

/** The pages on which people sign in and out, without a script. */
export class SignInPages {
  readonly #parts: SignInPagesParts;
  readonly #forms: Forms;
  readonly #routes: Map<string, Handle>;

  constructor(parts: SignInPagesParts) {
    this.#parts = parts;
    const { oidc, prefix } = parts;
    this.#forms = new Forms(prefix, oidc?.label);
    this.#routes = new Map<string, Handle>([
      ['GET /signin', (visit) => this.#showSignIn(visit)],
      ['POST /signin', (visit) => this.#signIn(visit)],
      ['GET /signout', async (visit) => show(visit, 200, this.#forms.signOut())],
      ['POST /signout', (visit) => this.#signOut(visit)],
      ['GET /setup', (visit) => this.#showSetup(visit)],
      ['POST /setup', (visit) => this.#setUp(visit)],
    ]);
    for (const [path, handle] of parts.signUp.routes) this.#routes.set(path, handle);
    if (oidc !== undefined) {
      this.#routes.set('GET /oidc/login', (visit) => this.#leave(visit, oidc));
      this.#routes.set('GET /oidc/callback', (visit) => this.#comeBack(visit, oidc));
    }
  }

  /**
   * Answers the pages of signing in, and sends a browser there that asks for another page without
   * having signed in.
   *
   * @returns false, at once for most, when the request is for something else
   */
  serve(request: IncomingMessage, response: ServerResponse): boolean | Promise<boolean> {
    const [path = '/', query = ''] = (request.url ?? '/').split('?', 2);
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const handle = this.#routes.get(`${method} ${path}`);
    if (handle !== undefined) {
      const visit = { request, response, search: new URLSearchParams(query) };
      return this.#caught(visit, async () => {
        await handle({ ...visit, ...this.#parts.peerOf(request) });
        return true;
      });
    }
    const { accept, authorization } = request.headers;
    const wantsPage = request.method === 'GET' && accept?.includes('text/html') === true;
    if (!wantsPage || authorization !== undefined || OPEN.test(path)) return false;
    return this.#caught({ request, response }, () => this.#ask(request, response));
  }

  async #caught(
    { request, response }: Pick<Visit, 'request' | 'response'>,
    work: () => Promise<boolean>,
  ): Promise<boolean> {
    try {
      return await work();
    } catch (error) {
      this.#parts.sendError(error, request, response);
      return true;
    }
  }

  /** @returns whether the browser was sent to the page of signing in */
  async #ask(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    try {
      await this.#parts.authenticator.identify(request);
      return false;
    } catch (error) {
      if (!(error instanceof MlflowError && error.status === 401)) throw error;
      redirect(response, placed(this.#parts.prefix, '/signin', safePath(request.url)), []);
      return true;
    }
  }

  async #showSignIn(visit: Visit): Promise<void> {
    if (await this.#parts.setup.isFresh())
      return redirect(visit.response, placed(this.#parts.prefix, '/setup'), []);
    return show(visit, 200, this.#forms.signIn(safePath(visit.search.get('next'))));
  }

  async #signIn(visit: Visit): Promise<void> {
    const form = await readForm(visit.request, visit.isSecure);
    const [username, password] = [form.get('username') ?? '', form.get('password') ?? ''];
    const next = safePath(form.get('next'));
    try {
      const user = await this.#verified(username, password, originOf(visit.request, visit.address));
      await this.#enter(visit, user, 'password', next, []);
    } catch (error) {
      if (!(error instanceof MlflowError && error.status === 401)) throw error;
      const page = { ...this.#forms.signIn(next, username), message: error.message };
      const wait = error.headers['Retry-After'];
      show(visit, 401, page, wait === undefined ? {} : { 'Retry-After': wait });
    }
  }

  /** @throws MlflowError 401 */
  async #verified(username: string, password: string, origin: Origin): Promise<User> {
    const { database, users, passwords } = this.#parts;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: no name and no password has them.
    const isUsable = username.length <= 255 && !/[\x00-\x1f\x7f]/.test(username + password);
    if (!isUsable || password.length > 1_024) throw wrongPassword();
    const user = await users.find(database.read, username);
    const hash = await passwords.check({ user, username, password, origin });
    if (user === undefined || hash === undefined) throw wrongPassword();
    return user;
  }

  async #signOut(visit: Visit): Promise<void> {
    await readForm(visit.request, visit.isSecure);
    const { authenticator, sessions } = this.#parts;
    const secret = sessionOf(visit.request, visit.isSecure);
    if (secret !== undefined) {
      // Whoever has no session any more may still sign out: the cookie goes.
      const caller = await Promise.resolve()
        .then(() => authenticator.identify(visit.request))
        .catch(() => undefined);
      if (caller !== undefined)
        await sessions.end(byOf(visit.request, caller, visit.address), secret);
    }
    redirect(visit.response, placed(this.#parts.prefix, '/signin'), [
      sessionCookie('', 0, visit.isSecure),
    ]);
  }

  async #showSetup(visit: Visit): Promise<void> {
    if (!(await this.#parts.setup.isOpen())) {
      return redirect(visit.response, placed(this.#parts.prefix, '/signin'), []);
    }
    return show(visit, 200, this.#forms.setUp());
  }

  async #setUp(visit: Visit): Promise<void> {
    const form = await readForm(visit.request, visit.isSecure);
    const [token, username] = [form.get('setup_token') ?? '', form.get('username') ?? ''];
    try {
      const by = byOf(visit.request, ANYBODY, visit.address);
      const user = await this.#parts.setup.setUp(by, token, username, form.get('password') ?? '');
      await this.#enter(visit, user, 'password', '/', []);
    } catch (error) {
      if (!(error instanceof MlflowError) || error.status >= 500) throw error;
      show(visit, error.status, { ...this.#forms.setUp(username), message: error.message });
    }
  }

  async #leave({ response, search, isSecure }: Visit, oidc: OidcPages): Promise<void> {
    const { url, cookie } = await oidc.begin(safePath(search.get('next')), isSecure);
    redirect(response, url, [cookie]);
  }

  async #comeBack(visit: Visit, oidc: OidcPages): Promise<void> {
    try {
      const { user, next, cookie } = await oidc.finish(
        visit.request,
        visit.isSecure,
        originOf(visit.request, visit.address),
      );
      await this.#enter(visit, user, 'jwt', safePath(next), [cookie]);
    } catch (error) {
      if (!(error instanceof MlflowError && error.status < 500)) throw error;
      show(visit, error.status, { ...this.#forms.signInElsewhere(), message: error.message });
    }
  }

  async #enter(
    { request, response, isSecure, address }: Visit,
    user: User,
    method: SignInMethod,
    next: string,
    cookies: readonly string[],
  ): Promise<void> {
    const { sessions, prefix } = this.#parts;
    const { id: userId, username: name, isAdmin } = user;
    const by = byOf(request, { name, userId, isAdmin, method }, address);
    const secret = await sessions.begin(by, userId, sessionOf(request, isSecure));
    const cookie = sessionCookie(secret, sessions.seconds, isSecure);
    redirect(response, `${prefix}${next}`, [...cookies, cookie]);
  }
}
