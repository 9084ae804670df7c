/** More layers of percent-encoding than this no honest client wraps a name in. */
const MAX_LAYERS = 10;

/**
 * Decodes `%XX` once. Whatever is no valid escape stays as it is, and bytes that are no UTF-8
 * become U+FFFD, so this never fails.
 */
export function decodeOnce(text: string): string {
  if (!text.includes('%')) return text;
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (escapes) =>
    Buffer.from(escapes.replaceAll('%', ''), 'hex').toString('utf8'),
  );
}

/**
 * A text and everything that it becomes when it is decoded again and again: what a careless
 * reader further down could take it for.
 *
 * @returns undefined when there is no end to it within reason
 */
export function readings(text: string): readonly string[] | undefined {
  const found = [text];
  for (let layer = 1; layer <= MAX_LAYERS; layer += 1) {
    const decoded = decodeOnce(text);
    if (decoded === text) return found;
    text = decoded;
    found.push(text);
  }
  return undefined;
}
