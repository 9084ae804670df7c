import { createRemoteJWKSet, errors, customFetch as joseFetch, jwtVerify } from 'jose';
import * as client from 'openid-client';
import { MlflowError, unavailable } from '../../errors.js';
import type { Clock } from '../../platform/clock.js';
import type { OidcConfig } from '../../platform/config/access-config.js';
import { isBearerToken } from './jwt-rules.js';
import type { Claims } from './oidc-users.js';

/** Signatures by a key of the provider; neither `none` nor secrets that two sides share. */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
];
/** Seconds by which clocks may differ. */
const TOLERANCE = 30;

/** What a browser must come back with, and what only it has. */
export interface Journey {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

interface Discovered {
  readonly configuration: client.Configuration;
  readonly keys: ReturnType<typeof createRemoteJWKSet>;
}

/** What we ask of an identity provider. It is looked up at the first use, not at the start. */
export class OidcProvider {
  readonly #config: OidcConfig;
  readonly #fetch: typeof globalThis.fetch;
  readonly #now: Clock;
  #discovered: Promise<Discovered> | undefined;

  constructor(config: OidcConfig, fetch: typeof globalThis.fetch, now: Clock) {
    this.#config = config;
    this.#fetch = fetch;
    this.#now = now;
  }

  /** Where a browser signs in, by code and PKCE. */
  async begin(): Promise<{ url: URL; journey: Journey }> {
    const { configuration } = await this.#discover();
    const journey = {
      state: client.randomState(),
      nonce: client.randomNonce(),
      verifier: client.randomPKCECodeVerifier(),
    };
    const url = client.buildAuthorizationUrl(configuration, {
      redirect_uri: this.#config.redirectUrl.href,
      scope: this.#config.scopes,
      state: journey.state,
      nonce: journey.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(journey.verifier),
      code_challenge_method: 'S256',
    });
    return { url, journey };
  }

  /**
   * @param search what the browser has come back with
   * @returns what the provider says of its user; undefined when this is not to be believed
   * @throws MlflowError 503 when the provider does not answer
   */
  async finish(search: string, journey: Journey): Promise<Claims | undefined> {
    const { configuration } = await this.#discover();
    const url = new URL(this.#config.redirectUrl);
    url.search = search;
    try {
      const tokens = await client.authorizationCodeGrant(configuration, url, {
        pkceCodeVerifier: journey.verifier,
        expectedState: journey.state,
        expectedNonce: journey.nonce,
        idTokenExpected: true,
      });
      return tokens.claims();
    } catch (error) {
      if (isSilence(error)) throw silent(error);
      return undefined;
    }
  }

  /**
   * @returns what a bearer JWT says and when it ends, in ms; undefined when it is not good
   * @throws MlflowError 503 when the provider does not tell its keys
   */
  async verify(jwt: string): Promise<{ claims: Claims; endsAt: number } | undefined> {
    const { audience } = this.#config;
    if (audience === undefined) return undefined;
    const { configuration, keys } = await this.#discover();
    try {
      const { payload, protectedHeader } = await jwtVerify(jwt, keys, {
        issuer: configuration.serverMetadata().issuer,
        audience,
        algorithms: ALGORITHMS,
        clockTolerance: TOLERANCE,
        currentDate: new Date(this.#now()),
        requiredClaims: ['exp', 'sub'],
      });
      if (!isBearerToken(protectedHeader.typ, payload)) return undefined;
      return { claims: payload, endsAt: 1_000 * ((payload.exp ?? 0) + TOLERANCE) };
    } catch (error) {
      const isBad = error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout);
      // A plain JOSEError is what the library throws for an answer that isn't 200.
      if (isBad && error.code !== 'ERR_JOSE_GENERIC') return undefined;
      throw silent(error);
    }
  }

  #discover(): Promise<Discovered> {
    this.#discovered ??= this.#lookUp().catch((error: unknown) => {
      // The next one asks again.
      this.#discovered = undefined;
      throw silent(error);
    });
    return this.#discovered;
  }

  async #lookUp(): Promise<Discovered> {
    const { issuer, clientId, clientSecret } = this.#config;
    const configuration = await client.discovery(
      issuer,
      clientId,
      undefined,
      clientSecret === undefined ? client.None() : client.ClientSecretPost(clientSecret),
      {
        [client.customFetch]: this.#fetch as client.CustomFetch,
        ...(issuer.protocol === 'http:' ? { execute: [client.allowInsecureRequests] } : {}),
      },
    );
    const { jwks_uri } = configuration.serverMetadata();
    if (jwks_uri === undefined) throw new Error('The identity provider names no keys');
    const keys = createRemoteJWKSet(new URL(jwks_uri), { [joseFetch]: this.#fetch });
    return { configuration, keys };
  }
}

/** Neither an answer of the provider nor a check of it that failed. */
const isSilence = (error: unknown): boolean =>
  (error instanceof TypeError && error.message === 'fetch failed') ||
  (error instanceof client.ResponseBodyError && error.status >= 500) ||
  (error instanceof client.ClientError && (error.code === 'OAUTH_TIMEOUT' || isFault(error.cause)));

/** An answer of something before the provider, or of one that fails. */
const isFault = (cause: unknown): boolean =>
  typeof (cause as Response | undefined)?.status === 'number' && (cause as Response).status >= 500;

const silent = (error: unknown): MlflowError =>
  error instanceof MlflowError
    ? error
    : unavailable('The identity provider does not answer', error);
