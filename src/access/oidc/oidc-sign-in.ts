import type { IncomingMessage } from 'node:http';
import type { Origin } from '../../platform/http/operation.js';
import type { OidcPages } from '../pages/sign-in-pages.js';
import type { JwtSignIn, SignedInJwt } from '../sign-in/authenticator.js';
import { notValid } from '../sign-in/refusals.js';
import { cookieOf } from '../sign-in/session-cookie.js';
import type { SignInWatch } from '../sign-in/sign-in-watch.js';
import { scopesOf } from './jwt-rules.js';
import type { Journey, OidcProvider } from './oidc-provider.js';
import type { OidcUsers } from './oidc-users.js';

const NAME = 'runledger_oidc';
/** For so long somebody may look for their password at the provider. */
const SECONDS = 600;

/** Signs people in who come back from the provider, and services that bring its JWTs. */
export class OidcSignIn implements OidcPages, JwtSignIn {
  readonly label: string;
  readonly #provider: OidcProvider;
  readonly #users: OidcUsers;
  readonly #watch: SignInWatch;

  constructor(label: string, provider: OidcProvider, users: OidcUsers, watch: SignInWatch) {
    this.label = label;
    this.#watch = watch;
    this.#provider = provider;
    this.#users = users;
  }

  async begin(next: string, isSecure: boolean): Promise<{ url: string; cookie: string }> {
    const { url, journey } = await this.#provider.begin();
    const value = Buffer.from(JSON.stringify({ ...journey, next })).toString('base64url');
    return { url: url.href, cookie: cookie(value, SECONDS, isSecure) };
  }

  async finish(request: IncomingMessage, isSecure: boolean, origin: Origin) {
    const begun = journeyOf(cookieOf(request, nameOf(isSecure)));
    const search = (request.url ?? '').split('?', 2)[1] ?? '';
    const claims = begun && (await this.#provider.finish(search, begun));
    if (begun === undefined || claims === undefined) {
      const refusal = notValid('sign-in at the provider');
      await this.#watch.failed(origin, 'jwt', '', refusal.message);
      throw refusal;
    }
    const user = await this.#users.signIn(claims, origin);
    return { user, next: begun.next, cookie: cookie('', 0, isSecure) };
  }

  async signIn(jwt: string, origin: Origin): Promise<SignedInJwt | undefined> {
    const verified = await this.#provider.verify(jwt);
    if (verified === undefined) return undefined;
    const { claims, endsAt } = verified;
    return { user: await this.#users.signIn(claims, origin), endsAt, scopes: scopesOf(claims) };
  }
}

const nameOf = (isSecure: boolean): string => (isSecure ? `__Host-${NAME}` : NAME);

/** Lax, since the provider's page leads back here. */
const cookie = (value: string, seconds: number, isSecure: boolean): string =>
  `${nameOf(isSecure)}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${seconds}` +
  (isSecure ? '; Secure' : '');

function journeyOf(value: string | undefined): (Journey & { next: string }) | undefined {
  if (value === undefined) return undefined;
  try {
    const read = JSON.parse(Buffer.from(value, 'base64url').toString()) as Record<string, unknown>;
    const { state, nonce, verifier, next } = read;
    const isWhole = [state, nonce, verifier, next].every((part) => typeof part === 'string');
    return isWhole ? (read as unknown as Journey & { next: string }) : undefined;
  } catch {
    return undefined;
  }
}
