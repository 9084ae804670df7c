import { type AllowedHosts, allowedHosts } from '../outgoing/addresses.js';
import { explained, flag, integer, list } from './values.js';

/** How people and programs sign in. */
export interface SignInConfig {
  /** Undefined for none. */
  readonly oidc: OidcConfig | undefined;
  /** Whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed. */
  readonly trustedProxies: AllowedHosts;
  readonly sessionSeconds: number;
  /** Makes the first administrator; undefined for a random one that the start prints. */
  readonly setupToken: string | undefined;
}

/** An identity provider that speaks OpenID Connect. */
export interface OidcConfig {
  readonly issuer: URL;
  readonly clientId: string;
  /** Undefined for a public client, which PKCE alone protects. */
  readonly clientSecret: string | undefined;
  /** Where browsers come back to: the public address of /oidc/callback. */
  readonly redirectUrl: URL;
  /** Whom bearer JWTs must be meant for; undefined where none are taken. */
  readonly audience: string | undefined;
  readonly scopes: string;
  /** The first of these claims that is there is the user's name. */
  readonly usernameClaims: readonly string[];
  readonly groupsClaim: string;
  /** What membership of a group gives. */
  readonly groupRoles: readonly GroupRole[];
  /** The group whose members are administrators; undefined where the provider has no say in it. */
  readonly adminGroup: string | undefined;
  /** Whether a first sign-in makes an account. */
  readonly createUsers: boolean;
  /** Whether the provider may sign in an account that has a password here. */
  readonly linkAccounts: boolean;
  /** What the button of the sign-in page calls the provider. */
  readonly label: string;
}

export interface GroupRole {
  readonly group: string;
  readonly workspace: string;
  readonly role: string;
}

/** What flags and environment say of signing in, as text. */
export interface RawSignIn extends RawOidc {
  readonly trustedProxies?: string;
  readonly sessionHours?: string;
  readonly setupToken?: string;
}

/** Settings that the environment alone holds: secrets are among them. */
export const SIGN_IN_ENVIRONMENT = {
  sessionHours: 'RUNLEDGER_SESSION_HOURS',
  setupToken: 'RUNLEDGER_SETUP_TOKEN',
  oidcIssuer: 'RUNLEDGER_OIDC_ISSUER',
  oidcClientId: 'RUNLEDGER_OIDC_CLIENT_ID',
  oidcClientSecret: 'RUNLEDGER_OIDC_CLIENT_SECRET',
  oidcRedirectUrl: 'RUNLEDGER_OIDC_REDIRECT_URL',
  oidcAudience: 'RUNLEDGER_OIDC_AUDIENCE',
  oidcScopes: 'RUNLEDGER_OIDC_SCOPES',
  oidcUsernameClaim: 'RUNLEDGER_OIDC_USERNAME_CLAIM',
  oidcGroupsClaim: 'RUNLEDGER_OIDC_GROUPS_CLAIM',
  oidcGroupRoles: 'RUNLEDGER_OIDC_GROUP_ROLES',
  oidcAdminGroup: 'RUNLEDGER_OIDC_ADMIN_GROUP',
  oidcCreateUsers: 'RUNLEDGER_OIDC_CREATE_USERS',
  oidcLinkAccounts: 'RUNLEDGER_OIDC_LINK_ACCOUNTS',
  oidcLabel: 'RUNLEDGER_OIDC_LABEL',
} as const;

/** @throws Error with one sentence for the user */
export const signInConfig = (raw: RawSignIn): SignInConfig => ({
  oidc: oidcConfig(raw),
  trustedProxies: explained('--trusted-proxies', () => allowedHosts(list(raw.trustedProxies))),
  sessionSeconds: 3_600 * integer('RUNLEDGER_SESSION_HOURS', raw.sessionHours, 12, 1, 8_760),
  setupToken: raw.setupToken,
});

/** What the environment says of an identity provider, as text. */
export interface RawOidc {
  readonly oidcIssuer?: string;
  readonly oidcClientId?: string;
  readonly oidcClientSecret?: string;
  readonly oidcRedirectUrl?: string;
  readonly oidcAudience?: string;
  readonly oidcScopes?: string;
  readonly oidcUsernameClaim?: string;
  readonly oidcGroupsClaim?: string;
  readonly oidcGroupRoles?: string;
  readonly oidcAdminGroup?: string;
  readonly oidcCreateUsers?: string;
  readonly oidcLinkAccounts?: string;
  readonly oidcLabel?: string;
}

/**
 * @returns undefined where no identity provider is named
 * @throws Error with one sentence for the user
 */
export function oidcConfig(raw: RawOidc): OidcConfig | undefined {
  if (raw.oidcIssuer === undefined) {
    if (raw.oidcClientId === undefined) return undefined;
    throw new Error('RUNLEDGER_OIDC_CLIENT_ID needs RUNLEDGER_OIDC_ISSUER');
  }
  const issuer = safeUrl('RUNLEDGER_OIDC_ISSUER', raw.oidcIssuer);
  const redirectUrl = safeUrl(
    'RUNLEDGER_OIDC_REDIRECT_URL',
    needed('RUNLEDGER_OIDC_REDIRECT_URL', raw.oidcRedirectUrl),
  );
  return {
    issuer,
    clientId: needed('RUNLEDGER_OIDC_CLIENT_ID', raw.oidcClientId),
    clientSecret: raw.oidcClientSecret,
    redirectUrl,
    audience: raw.oidcAudience,
    scopes: raw.oidcScopes ?? 'openid profile email',
    usernameClaims: list(raw.oidcUsernameClaim ?? 'sub'),
    groupsClaim: raw.oidcGroupsClaim ?? 'groups',
    groupRoles: explained('RUNLEDGER_OIDC_GROUP_ROLES', () =>
      list(raw.oidcGroupRoles).map(groupRole),
    ),
    adminGroup: raw.oidcAdminGroup,
    createUsers: flag('RUNLEDGER_OIDC_CREATE_USERS', raw.oidcCreateUsers, true),
    linkAccounts: flag('RUNLEDGER_OIDC_LINK_ACCOUNTS', raw.oidcLinkAccounts, false),
    label: raw.oidcLabel ?? issuer.host,
  };
}

function needed(name: string, text: string | undefined): string {
  if (text !== undefined) return text;
  throw new Error(`RUNLEDGER_OIDC_ISSUER needs ${name}`);
}

/** Secrets go there and sessions come from there, so it is https, but on this machine. */
function safeUrl(name: string, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isLocal = /^(?:localhost|127\.0\.0\.1|\[::1\])$/.test(url?.hostname ?? '');
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLocal)) return url;
  throw new Error(`${name} must be an https URL, not '${text}'`);
}

/** `group=role` or `group=workspace/role`; names of groups may have `=` in them. */
function groupRole(text: string): GroupRole {
  const at = text.lastIndexOf('=');
  const [group, target] = [text.slice(0, Math.max(at, 0)).trim(), text.slice(at + 1).trim()];
  const slash = target.indexOf('/');
  const workspace = slash === -1 ? 'default' : target.slice(0, slash);
  const role = target.slice(slash + 1);
  if (group !== '' && workspace !== '' && role !== '') return { group, workspace, role };
  throw new Error(`'${text}' must be group=role or group=workspace/role`);
}
