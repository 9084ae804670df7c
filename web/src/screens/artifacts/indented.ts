interface WithSource {
  readonly source?: string;
}

/** What newer browsers can do with numbers, which the types don't know yet. */
const { rawJSON } = JSON as unknown as { rawJSON?: (text: string) => unknown };

/**
 * JSON as people read it. Numbers stay as they are written: an integer that is too long for a number
 * of a browser is not rounded, and where the browser can't keep it nothing is laid out anew.
 */
export function indented(text: string): string {
  try {
    let isWhole = true;
    const value: unknown = JSON.parse(
      text,
      (_: string, part: unknown, { source }: WithSource = {}) => {
        if (typeof part !== 'number' || source === undefined || String(part) === source) {
          if (typeof part === 'number' && source === undefined) isWhole = false;
          return part;
        }
        if (rawJSON === undefined) isWhole = false;
        return rawJSON?.(source) ?? part;
      },
    );
    return isWhole ? JSON.stringify(value, null, 2) : text;
  } catch {
    return text;
  }
}
