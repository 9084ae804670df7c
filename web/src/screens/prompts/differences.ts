/** A line of two texts side by side; one that is missing on a side is undefined there. */
export interface Pair {
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** More lines than these are compared in their order alone: the table grows with the square. */
const MAX_LINES = 1500;

/** Puts two texts side by side, with the lines that they share on one height. */
export function differences(before: string, after: string): readonly Pair[] {
  const [one, other] = [before.split('\n'), after.split('\n')];
  if (one.length > MAX_LINES || other.length > MAX_LINES) {
    const length = Math.max(one.length, other.length);
    return Array.from({ length }, (_, index) => ({ before: one[index], after: other[index] }));
  }
  const width = other.length + 1;
  const shared = new Uint16Array((one.length + 1) * width);
  const at = (row: number, column: number) => shared[row * width + column] ?? 0;
  for (let row = one.length - 1; row >= 0; row--) {
    for (let column = other.length - 1; column >= 0; column--) {
      shared[row * width + column] =
        one[row] === other[column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  const pairs: Pair[] = [];
  let [row, column] = [0, 0];
  while (row < one.length || column < other.length) {
    if (row < one.length && column < other.length && one[row] === other[column]) {
      pairs.push({ before: one[row++], after: other[column++] });
    } else if (
      column >= other.length ||
      (row < one.length && at(row + 1, column) >= at(row, column + 1))
    ) {
      pairs.push({ before: one[row++], after: undefined });
    } else {
      pairs.push({ before: undefined, after: other[column++] });
    }
  }
  return pairs;
}
