/**
 * Whether a text fits a glob, where `*` is any text and `?` any one sign. It takes no more steps
 * than the product of both lengths, whatever the pattern.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  const [signs, letters] = [[...pattern], [...text]];
  let [sign, letter] = [0, 0];
  let [star, resume] = [-1, 0];
  while (letter < letters.length) {
    if (signs[sign] === '*') {
      star = sign;
      resume = letter;
      sign += 1;
    } else if (sign < signs.length && (signs[sign] === '?' || signs[sign] === letters[letter])) {
      sign += 1;
      letter += 1;
    } else if (star !== -1) {
      resume += 1;
      letter = resume;
      sign = star + 1;
    } else return false;
  }
  while (signs[sign] === '*') sign += 1;
  return sign === signs.length;
}
