import { invalidParameter } from '../../errors.js';
import type { OperationTable } from '../../platform/http/operation.js';
import type { AccessToken } from './tokens.js';
import type { TokenService } from './tokens.service.js';

/** Rows of a page at most. */
const MAX_SIZE = 1_000;

/** Runledger's own tokens. Whose they are the service judges: the rules name no user. */
export const tokenOperations = (
  service: TokenService,
): OperationTable<'mintToken' | 'listTokens' | 'revokeToken'> => ({
  mintToken: {
    access: 'login',
    of: 'server',
    handler: async ({ name, scopes, lifetime_seconds, username }, by) => {
      const seconds = lifetime_seconds === undefined ? undefined : Number(lifetime_seconds);
      const wish = { name, scopes, lifetimeSeconds: seconds, username };
      const { token, info } = await service.mint(by, wish);
      return { token, token_info: toWire(info) };
    },
  },
  listTokens: {
    access: 'login',
    of: 'server',
    handler: async ({ username, max_results: size = 100, page_token }, { caller }) => {
      if (size < 1 || size > MAX_SIZE) {
        throw invalidParameter(`max_results must be from 1 to ${MAX_SIZE}, not ${size}`);
      }
      const { rows, token } = await service.page(caller, username, size, page_token);
      return {
        ...(rows.length > 0 ? { tokens: rows.map(toWire) } : {}),
        ...(token === undefined ? {} : { next_page_token: token }),
      };
    },
  },
  revokeToken: {
    access: 'login',
    of: 'server',
    handler: async ({ token_id }, by) => {
      await service.revoke(by, token_id);
      return {};
    },
  },
});

const toWire = (token: AccessToken) => ({
  token_id: token.token_id,
  name: token.name,
  username: token.username,
  scopes: [...token.scopes],
  creation_timestamp: token.creation_timestamp,
  ...(token.expiration_timestamp === null
    ? {}
    : { expiration_timestamp: token.expiration_timestamp }),
  ...(token.last_used_timestamp === null ? {} : { last_used_timestamp: token.last_used_timestamp }),
});
