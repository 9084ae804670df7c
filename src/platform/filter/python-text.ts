/** Values as Python prints them: MLflow's messages quote values that way. */

const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** @returns a string in quotes: single ones unless only those occur in it */
export function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const body = text.replace(/[\\'"]|[^\P{C}]|[^\P{Z} ]/gu, (char) => {
    if (char === '\\' || char === quote) return `\\${char}`;
    if (char === "'" || char === '"') return char;
    return ESCAPES[char] ?? escapeCode(char.codePointAt(0) ?? 0);
  });
  return quote + body + quote;
}

function escapeCode(code: number): string {
  const hex = code.toString(16);
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}

/** @returns `['a', 'b']` */
export const list = (items: readonly string[]): string => `[${items.map(quoted).join(', ')}]`;

/** @returns `{'a', 'b'}`; Python's order is random, ours is alphabetical */
export const set = (items: Iterable<string>): string =>
  `{${[...items].sort().map(quoted).join(', ')}}`;

/** @returns `('a', 'b')` */
export const tuple = (items: readonly string[]): string =>
  `(${items.join(', ')}${items.length === 1 ? ',' : ''})`;

/** @returns a double such as `1000.0`, `1e+16` or `1e-05` */
export function float(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
  const [digits = '0', exponent = '0'] = Math.abs(value).toExponential().split('e');
  const power = Number(exponent);
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  if (power < -4 || power >= 16) {
    const size = String(Math.abs(power)).padStart(2, '0');
    return `${sign}${digits}e${power < 0 ? '-' : '+'}${size}`;
  }
  const plain =
    power < 0
      ? Math.abs(value).toFixed(digits.replace('.', '').length - 1 - power)
      : String(Math.abs(value));
  return `${sign}${plain}${plain.includes('.') ? '' : '.0'}`;
}

/**
 * Reads text as Python's `int()` does.
 * @returns nothing where that would fail
 */
export function toInteger(text: string): bigint | undefined {
  const digits = /^\s*([+-]?)(\d+(?:_\d+)*)\s*$/.exec(text);
  if (digits === null) return undefined;
  const value = BigInt((digits[2] ?? '').replaceAll('_', ''));
  return digits[1] === '-' ? -value : value;
}
