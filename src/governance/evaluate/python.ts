/** @returns the text as a literal of Python: escapes of JSON are escapes there too */
export const pythonText = (text: string): string => JSON.stringify(text);

/** @returns a call such as `client.f("a", "b")` */
export const clientCall = (method: string, ...texts: readonly string[]): string =>
  `client.${method}(${texts.map(pythonText).join(', ')})`;
