/** Bytes of a name. What an index of PostgreSQL takes, and longer than any location that MLflow makes. */
export const LONGEST_PLACE = 2_000;

export const isTooLong = (place: string): boolean => Buffer.byteLength(place) > LONGEST_PLACE;

/** The names of the folders that a place lies in, and its own. */
export function selfAndAbove(place: string): string[] {
  const names = [place];
  for (let end = place.lastIndexOf('/'); end > 0; end = place.lastIndexOf('/', end - 1)) {
    names.push(place.slice(0, end));
  }
  return names;
}

/** The bounds of the names in a folder: the first one, and the first behind the last. */
export const boundsBelow = (place: string): readonly [from: string, to: string] => [
  `${place}/`,
  // What comes behind a slash.
  `${place}0`,
];

/** All artifacts of a server are no model. */
export const isBelowRoot = (place: string): boolean => place.lastIndexOf('/') > 0;
