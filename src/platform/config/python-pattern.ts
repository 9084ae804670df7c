/**
 * Reads a pattern as Python's `re` would.
 *
 * @returns undefined where nothing was said
 * @throws Error with one sentence when it is none
 */
export function pattern(text: string | undefined): RegExp | undefined {
  if (!text) return undefined;
  try {
    const ignoresCase = text.startsWith('(?i)');
    return new RegExp(fromPython(ignoresCase ? text.slice(4) : text), ignoresCase ? 'iu' : 'u');
  } catch {
    throw new Error('MLFLOW_CREATE_MODEL_VERSION_SOURCE_VALIDATION_REGEX is no valid pattern');
  }
}

/** Spells what Python's patterns have and those of JavaScript lack. */
const fromPython = (text: string): string =>
  text.replaceAll('(?P<', '(?<').replace(/\\(.)/gsu, (escaped, sign: string) => {
    if (sign === 'A') return '^';
    if (sign === 'Z') return '$';
    // Python lets any sign be escaped, as its re.escape does.
    const needless = /[^a-z\d^$\\.*+?()[\]{}|/]/iu.test(sign);
    return needless ? `\\u{${sign.codePointAt(0)?.toString(16)}}` : escaped;
  });
