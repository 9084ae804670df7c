/**
 * Columns that both sides call alike.
 *
 * @param prefix what stands before each on the side that is read, such as `t.`
 * @param without those that are no part of it, or are made otherwise
 */
export const alike = (
  columns: object,
  prefix: string,
  ...without: readonly string[]
): Record<string, string> =>
  Object.fromEntries(
    Object.keys(columns)
      .filter((name) => !without.includes(name))
      .map((name) => [name, `${prefix}${name}`]),
  );
