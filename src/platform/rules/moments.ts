/**
 * Reads ISO 8601 in a form that was checked. JavaScript takes the thirtieth of February for the
 * second of March, which nobody has meant.
 *
 * @returns NaN where there is no such moment
 */
export function momentIn(text: string): number {
  const time = Date.parse(text);
  const day = text.slice(0, 10);
  const midnight = new Date(`${day}T00:00Z`);
  const isDay = !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day);
  return isDay ? time : Number.NaN;
}
