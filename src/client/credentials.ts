/** How the caller signs in: with a token, with a name and a password, or not at all. */
export interface Credentials {
  /** Sent as `Authorization: Bearer`. */
  readonly token?: string | undefined;
  /** Sent with `password` as `Authorization: Basic`. */
  readonly username?: string | undefined;
  readonly password?: string | undefined;
}

/**
 * @returns the headers that sign the caller in
 * @throws TypeError when the credentials are half, or two kinds at once
 */
export function authorization({ token, username, password }: Credentials): Record<string, string> {
  if ((username === undefined) !== (password === undefined)) {
    throw new TypeError('A username needs a password, and a password needs a username');
  }
  if (token !== undefined && username !== undefined) {
    throw new TypeError('Give a token or a username with a password, not both');
  }
  if (token !== undefined) return { Authorization: `Bearer ${token}` };
  if (username === undefined) return {};
  if (username.includes(':')) throw new TypeError("A username can't hold a colon");
  return { Authorization: `Basic ${base64(`${username}:${password}`)}` };
}

/** UTF-8 in Base64, with nothing that only Node has. */
function base64(text: string): string {
  const bytes = new TextEncoder().encode(text);
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}
