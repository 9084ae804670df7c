/** Parameters that stand for a path of several segments. */
const WHOLE_PATHS = new Set(['artifact_path']);

/**
 * Fills the parameters of a path in. Slashes of an artifact's path stay slashes.
 *
 * @throws TypeError for a segment `.` or `..`: it would lead to another path than the one named
 */
export function fillPath(path: string, parameters: Readonly<Record<string, unknown>>): string {
  return path.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = parameters[name];
    if (value === undefined || value === null) return whole;
    const segments = WHOLE_PATHS.has(name) ? String(value).split('/') : [String(value)];
    return segments.map((segment) => encode(name, segment)).join('/');
  });
}

function encode(name: string, segment: string): string {
  if (segment === '.' || segment === '..') {
    throw new TypeError(`The path parameter ${name} can't have a segment '${segment}'`);
  }
  return encodeURIComponent(segment);
}
