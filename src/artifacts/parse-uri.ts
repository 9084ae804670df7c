/** The parts of a URI, cut as RFC 3986 and MLflow's clients cut them. */
export interface Uri {
  /** In lower case; empty when there is none. */
  readonly scheme: string;
  readonly authority: string | undefined;
  readonly path: string;
  readonly query: string | undefined;
  readonly fragment: string | undefined;
}

const PARTS = /^(?:([a-z][a-z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/is;

/** The only place where a URI is taken apart. Any text has a reading; nothing is decoded here. */
export function parseUri(text: string): Uri {
  const [, scheme = '', authority, path = '', query, fragment] = PARTS.exec(text) ?? [];
  return { scheme: scheme.toLowerCase(), authority, path, query, fragment };
}

export interface Host {
  /** In lower case, without brackets. */
  readonly name: string;
  readonly port: number | undefined;
}

/** @returns undefined when HTTP clients might not agree on which host is meant */
export function parseHost(authority: string): Host | undefined {
  if (/[\\\s]/.test(authority)) return undefined;
  const address = authority.slice(authority.lastIndexOf('@') + 1);
  const [, bracketed, plain, digits] =
    /^(?:\[([^\]]*)\]|([^:[\]]*))(?::(\d*))?$/.exec(address) ?? [];
  const name = bracketed ?? plain;
  if (name === undefined) return undefined;
  const port = digits === undefined || digits === '' ? undefined : Number(digits);
  if (port !== undefined && port > 65_535) return undefined;
  return { name: name.toLowerCase(), port };
}
