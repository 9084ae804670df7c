/**
 * Prints JSON in the one form of RFC 8785 (JCS): what is equal has equal bytes, and text holds no
 * control character, so a line stays a line. Members that are undefined are left out; integers
 * beyond 2^53 become text, and halves of surrogate pairs U+FFFD, since neither has a form there.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'string') return textOf(value);
  if (typeof value === 'bigint') return canonicalJson(narrowed(value));
  if (typeof value === 'number' && !Number.isFinite(value)) return 'null';
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = value as Readonly<Record<string, unknown>>;
  let text = '';
  // Without a function to compare by they are sorted by their UTF-16 units, as the form wants it.
  for (const key of Object.keys(members).sort()) {
    const member = members[key];
    if (member === undefined) continue;
    text += `${text === '' ? '' : ','}${textOf(key)}:${canonicalJson(member)}`;
  }
  return `{${text}}`;
}

/** Most texts have nothing to escape: thousands of entries of the audit log a second are printed here. */
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

const textOf = (text: string): string =>
  PLAIN.test(text) ? `"${text}"` : JSON.stringify(wellFormed(text));

const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, '\ufffd');

const narrowed = (value: bigint): number | string =>
  Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
