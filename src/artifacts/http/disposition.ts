const TOKEN = /^[\w!#$%&'*+\-.^`|~]+$/;

/**
 * Tells a browser to save a file, never to show it on the server's origin. Names that are not
 * ASCII come twice: without what old clients can't read, and percent-encoded.
 */
export function attachment(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range is ASCII itself
  if (/^[\x00-\x7f]*$/.test(name)) return `attachment; filename=${quoted(name)}`;
  const ascii = name.normalize('NFKD').replace(/[^ -~]/g, '') || 'download';
  return `attachment; filename=${quoted(ascii)}; filename*=UTF-8''${encoded(name)}`;
}

const quoted = (text: string): string =>
  TOKEN.test(text) ? text : `"${text.replace(/[\\"]/g, '\\$&')}"`;

const encoded = (text: string): string =>
  encodeURIComponent(text)
    .replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
    .replace(/%(?:21|23|24|26|2B|5E|60|7C)/g, decodeURIComponent);
