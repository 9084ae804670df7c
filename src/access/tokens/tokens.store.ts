import type { Database, Reader, Transaction } from '../../platform/db/database.js';
import { keysetAfter, type SortColumn } from '../../platform/filter/keyset.js';
import { decodePageToken, nextPage } from '../../platform/filter/page-token.js';
import type { AccessToken } from './tokens.js';

/** What is stored of a new token. */
export interface NewToken {
  readonly tokenId: string;
  readonly userId: number;
  readonly name: string;
  readonly hash: string;
  readonly scopes: readonly string[];
  readonly now: number;
  readonly expiresAt: number;
}

export interface TokenPage {
  readonly rows: readonly AccessToken[];
  /** Leads to the next page; absent on the last. */
  readonly token: string | undefined;
}

type TokenRow = Omit<AccessToken, 'scopes'> & { readonly scopes: string };

/** The newest first. */
const ORDER: readonly SortColumn[] = [
  { sql: 't.id', bindings: [], name: 'id', type: 'integer', ascending: false, nullable: false },
];

const SELECT =
  'select t.id, t.token_id, t.name, u.username, t.scopes, t.creation_timestamp, ' +
  't.expiration_timestamp, t.last_used_timestamp from access_tokens t join users u on u.id = t.user_id';

/** SQL of the tokens; `t` is the token's row. */
export class TokenStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async insert(tx: Transaction, token: NewToken): Promise<void> {
    await tx.run({
      sql:
        'insert into access_tokens (token_id, user_id, name, token_hash, scopes, ' +
        'creation_timestamp, expiration_timestamp) values (?, ?, ?, ?, ?, ?, ?)',
      bindings: [
        ...[token.tokenId, token.userId, token.name, token.hash, JSON.stringify(token.scopes)],
        ...[token.now, token.expiresAt],
      ],
    });
  }

  /** @returns the token, unless it was revoked */
  async find(reader: Reader, tokenId: string): Promise<AccessToken | undefined> {
    const row = await reader.first<TokenRow>({
      sql: `${SELECT} where t.token_id = ? and t.revocation_timestamp is null`,
      bindings: [tokenId],
    });
    return row && toToken(row);
  }

  /** @returns how many tokens of a user are good */
  async count(reader: Reader, userId: number, now: number): Promise<number> {
    const row = await reader.first<{ n: number }>({
      sql:
        'select count(*) as n from access_tokens where user_id = ? ' +
        'and revocation_timestamp is null and expiration_timestamp > ?',
      bindings: [userId, now],
    });
    return row?.n ?? 0;
  }

  /** @returns whether it was there and good until now */
  async revoke(tx: Transaction, tokenId: string, now: number): Promise<boolean> {
    const changed = await tx.run({
      sql:
        'update access_tokens set revocation_timestamp = ? ' +
        'where token_id = ? and revocation_timestamp is null',
      bindings: [now, tokenId],
    });
    return changed > 0;
  }

  /** @throws MlflowError 400 for a page token that is broken */
  async page(userId: number, size: number, pageToken: string | undefined): Promise<TokenPage> {
    const query = { list: 'tokens', user: userId };
    const position = decodePageToken(pageToken, query, ORDER);
    const after = position !== undefined && 'after' in position ? position.after : undefined;
    const behind = after && keysetAfter(ORDER, after);
    const rows = await this.#database.scan.all<TokenRow & Record<string, unknown>>({
      sql:
        `${SELECT} where t.user_id = ? and t.revocation_timestamp is null` +
        `${behind ? ` and ${behind.sql}` : ''} order by t.id desc limit ?`,
      bindings: [userId, ...(behind?.bindings ?? []), size + 1],
    });
    const page = nextPage(rows, size, ORDER, query, position);
    return { rows: page.rows.map(toToken), token: page.token };
  }
}

const toToken = (row: TokenRow): AccessToken => ({
  token_id: row.token_id,
  name: row.name,
  username: row.username,
  scopes: JSON.parse(row.scopes) as AccessToken['scopes'],
  creation_timestamp: row.creation_timestamp,
  expiration_timestamp: row.expiration_timestamp,
  last_used_timestamp: row.last_used_timestamp,
});
