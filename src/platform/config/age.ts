const UNITS = [86_400_000, 3_600_000, 60_000, 1_000];
const AGE = /^(?:([\d.]+)d)?(?:([\d.]+)h)?(?:([\d.]+)m)?(?:([\d.]+)s)?$/;

/**
 * Reads an age as MLflow does: `10d2h`, `1.5d3h4m5s`.
 *
 * @returns milliseconds
 * @throws Error with one sentence for the user
 */
export function parseAge(name: string, text: string): number {
  const parts = text.length > 64 ? null : AGE.exec(text);
  const sum = (parts ?? [])
    .slice(1)
    .reduce((total, part, at) => total + Number(part ?? 0) * (UNITS[at] ?? 0), 0);
  if (parts !== null && text !== '' && sum < 1e14) return Math.floor(sum);
  throw new Error(
    `${name}: could not parse any time information from '${text.slice(0, 64)}'. ` +
      "Examples of valid strings: '8h', '2d8h5m20s', '2m4s'",
  );
}
