/** Says which setting it was that something is wrong with. */
export function explained<Result>(name: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    throw new Error(`${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** @returns the items of a text with commas */
export const list = (text: string | undefined): string[] =>
  (text ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

/** @throws Error with one sentence for anything but a whole number in these bounds */
export function integer(
  name: string,
  text: string | undefined,
  fallback: number,
  min: number,
  max: number,
): number {
  if (text === undefined) return fallback;
  const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new Error(`${name} must be a whole number from ${min} to ${max}, not '${text}'`);
}

/** @throws Error with one sentence for a word that means neither yes nor no */
export function flag(
  name: string,
  given: boolean | string | undefined,
  fallback: boolean,
): boolean {
  if (given === undefined) return fallback;
  if (typeof given === 'boolean') return given;
  if (/^(true|t|1|yes|y|on)$/i.test(given)) return true;
  if (/^(false|f|0|no|n|off)$/i.test(given)) return false;
  throw new Error(`${name} must be true or false, not '${given}'`);
}

/** @throws Error with one sentence for anything but these values */
export function oneOf<Value extends string>(
  name: string,
  text: string | undefined,
  values: readonly Value[],
  fallback: Value,
): Value {
  if (text === undefined) return fallback;
  const found = values.find((value) => value === text);
  if (found !== undefined) return found;
  throw new Error(`${name} must be one of ${values.join(', ')}, not '${text}'`);
}
