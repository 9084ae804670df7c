import { parseLocation } from '../../artifacts/location.js';
import { parseUri, type Uri } from '../../artifacts/parse-uri.js';
import { decodeOnce, readings } from '../../artifacts/percent.js';

/** What a `models:/` URI names. */
export type ModelUri =
  | { readonly kind: 'logged model'; readonly id: string }
  | { readonly kind: 'version'; readonly name: string; readonly suffix: string }
  | { readonly kind: 'alias'; readonly name: string; readonly alias: string };

/** @returns undefined when it is no proper `models:/` URI */
export function parseModelUri(text: string): ModelUri | undefined {
  const { path: start, fragment } = parseUri(text);
  // `#` is allowed in the name of a model.
  const path = fragment === undefined ? start : `${start}#${fragment}`;
  if (!path.startsWith('/')) return undefined;
  const [name = '', suffix, ...more] = path.replace(/^\/+/, '').split('/');
  if (more.length > 0 || name.trim() === '') return undefined;
  if (suffix !== undefined) {
    return suffix.trim() === '' ? undefined : { kind: 'version', name, suffix };
  }
  const at = name.lastIndexOf('@');
  if (at === -1) return { kind: 'logged model', id: name };
  const alias = name.slice(at + 1);
  return alias.trim() === '' ? undefined : { kind: 'alias', name: name.slice(0, at), alias };
}

/**
 * Is this an absolute path in every reading, decoded or not, with nothing in it that climbs?
 * A form's `+` for a space counts as a reading too.
 */
export function isPlainAbsolute(source: string): boolean {
  const all = [source, source.replaceAll('+', ' ')].map(readings);
  return all.every((texts) => texts?.every(isAbsoluteText) ?? false);
}

function isAbsoluteText(text: string): boolean {
  if (text.includes('\0') || text.split('/').includes('..')) return false;
  const segments = parseUri(text).path.split('/');
  return segments[0] === '' && segments.some((part) => part !== '') && !segments.includes('.');
}

/** Goes through this server's, or another one's, artifact proxy in any spelling of its route. */
export function isProxied(source: string): boolean {
  const { scheme, path } = parseUri(source);
  if (scheme === 'mlflow-artifacts') return true;
  if (scheme !== 'http' && scheme !== 'https') return false;
  const texts = readings(path) ?? [];
  return texts.some((text) =>
    /\/api\/2\.0\/mlflow-artifacts\/artifacts(?:\/|$)/i.test(text.replace(/\/+/g, '/')),
  );
}

/** Both proxied, over the same scheme and host, and the one in the folder of the other. */
export function isWithin(source: string, root: string): boolean {
  const [one, other] = [parseUri(source), parseUri(root)];
  if (one.scheme !== other.scheme) return false;
  if (one.authority?.toLowerCase() !== other.authority?.toLowerCase()) return false;
  if (parseLocation(source).kind !== 'proxied' || parseLocation(root).kind !== 'proxied') {
    return false;
  }
  const segments = segmentsOf(one);
  const above = segmentsOf(other);
  return above.length > 0 && above.every((segment, index) => segment === segments[index]);
}

const segmentsOf = ({ path }: Uri): readonly string[] =>
  path
    .split('/')
    .filter((segment) => segment !== '')
    .map(decodeOnce);
