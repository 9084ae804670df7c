import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Database } from '../../platform/db/database.js';
import { sendJson } from '../../platform/http/reply.js';
import { errorSender } from '../../platform/http/send-error.js';
import { createLog } from '../../platform/log.js';
import { noTrail } from '../../platform/trail.js';
import { GrantStore } from '../grants/grants.store.js';
import { type OidcPages, SignInPages } from '../pages/sign-in-pages.js';
import { SignUpPage } from '../pages/sign-up-page.js';
import { RoleStore } from '../roles/roles.store.js';
import { SetupService } from '../setup/setup.service.js';
import { SetupStore } from '../setup/setup.store.js';
import { SessionService } from '../sign-in/sessions.service.js';
import { UserService } from '../users/users.service.js';
import { type SignInSettings, signInOn, type TestClock } from './sign-in-on.js';

export interface PagesSettings extends SignInSettings {
  readonly prefix?: string;
  readonly oidc?: (url: string) => Promise<OidcPages>;
}

/** A server that answers `{name, method}` for whoever is signed in, with the pages to sign in on. */
export async function pagesOn(database: Database, clock: TestClock, settings: PagesSettings = {}) {
  const { prefix = '', address = () => '203.0.113.9', isSecure = false } = settings;
  const on = signInOn(database, clock, settings);
  const { now } = clock;
  const sendError = errorSender(createLog('silent'), () => false);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const parts = { database, trail: noTrail, now };
  const setup = new SetupService({ ...parts, users: on.users, store: new SetupStore() });
  const sessions = new SessionService({
    ...{ ...parts, store: on.store, changes: on.changes, seconds: 3_600 },
  });
  const signUp = new SignUpPage({
    identify: (request) => on.authenticator.identify(request),
    users: new UserService({
      ...{ ...parts, users: on.users, passwords: on.passwords },
      ...{ roles: new RoleStore(database), grants: new GrantStore(database) },
    }),
    prefix,
  });
  const pages = new SignInPages({
    ...{ ...on, database, setup, signUp, sessions, prefix, sendError },
    oidc: await settings.oidc?.(url),
    peerOf: () => ({ address: address(), isSecure }),
  });
  server.on('request', async (request, response) => {
    if (await pages.serve(request, response)) return;
    try {
      const { name, method } = await on.authenticator.identify(request);
      sendJson(response, 200, { name, method });
    } catch (error) {
      sendError(error, request, response);
    }
  });
  return { ...on, url, setup };
}

/** A browser as far as cookies and forms go: it follows no redirect by itself. */
export class Visitor {
  readonly cookies = new Map<string, string>();

  async get(url: string, headers: Record<string, string> = {}): Promise<Response> {
    return this.#send(url, { headers: { Accept: 'text/html', ...headers } });
  }

  /** Opens the page of a form, fills in what is given, and sends it as a browser does. */
  async submit(
    url: string,
    fields: Record<string, string>,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    const page = await (await this.get(url)).text();
    const hidden = [...page.matchAll(/type="hidden" name="(\w+)" value="([^"]*)"/g)];
    const own = Object.fromEntries(hidden.map(([, name = '', value = '']) => [name, value]));
    return this.post(url, { ...own, ...fields }, { Origin: new URL(url).origin, ...headers });
  }

  post(url: string, fields: Record<string, string>, headers: Record<string, string> = {}) {
    return this.#send(url, { method: 'POST', headers, body: new URLSearchParams(fields) });
  }

  async #send(url: string, init: RequestInit): Promise<Response> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...init.headers, ...(cookie === '' ? {} : { Cookie: cookie }) };
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/; Max-Age=0(;|$)/i.test(line) || value === '') this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return response;
  }
}
