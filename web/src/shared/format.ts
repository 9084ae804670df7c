const TO_THE_MINUTE = {
  year: 'numeric',
  month: 'short',
  day: 'numeric',
  hour: 'numeric',
  minute: '2-digit',
  timeZoneName: 'short',
} as const;
const dateTime = new Intl.DateTimeFormat(undefined, TO_THE_MINUTE);
const exact = new Intl.DateTimeFormat(undefined, { ...TO_THE_MINUTE, second: '2-digit' });
const names = new Intl.Collator('en', { numeric: true });
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const integers = new Intl.NumberFormat('en');

const STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** Numbers of the contract come as text where JSON has no number for them. */
export const numberOf = (value: unknown): number => Number(value ?? Number.NaN);

/** A time with its zone, which is the reader's. */
export const formatTime = (milliseconds: unknown): string => formatted(dateTime, milliseconds);

/** To the second, where the order of what happened counts. */
export const formatExactTime = (milliseconds: unknown): string => formatted(exact, milliseconds);

function formatted(format: Intl.DateTimeFormat, milliseconds: unknown): string {
  const time = numberOf(milliseconds);
  return Number.isFinite(time) && time > 0 ? format.format(time) : '—';
}

/** The order in which people look for names: `layer 2` comes before `layer 10`. */
export const byName = (one: string, other: string): number => names.compare(one, other);

/** A text whose digests are cut short, for where nobody compares them. */
export const withShortDigests = (text: string): string =>
  text.replaceAll(/\b[0-9a-f]{40,}\b/g, (digest) => `${digest.slice(0, 12)}…`);

/** Such as `3 hours ago`. */
export function formatAgo(milliseconds: unknown): string {
  const time = numberOf(milliseconds);
  if (!Number.isFinite(time) || time <= 0) return '—';
  const seconds = (time - Date.now()) / 1000;
  const step = STEPS.find(([, size]) => Math.abs(seconds) >= size);
  return step === undefined ? 'just now' : relative.format(Math.round(seconds / step[1]), step[0]);
}

/** Such as `2m 05s`, and for what takes longer than anybody waits `3d 4h`. */
export function formatDuration(milliseconds: number): string {
  if (!Number.isFinite(milliseconds) || milliseconds < 0) return '—';
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const [hours, minutes, rest] = [
    Math.floor(seconds / 3600),
    Math.floor(seconds / 60) % 60,
    Math.floor(seconds) % 60,
  ];
  const two = (value: number) => String(value).padStart(2, '0');
  if (hours >= 48) return `${Math.floor(hours / 24)}d ${hours % 24}h`;
  return hours > 0 ? `${hours}h ${two(minutes)}m` : `${minutes}m ${two(rest)}s`;
}

/** A metric, as short as it can be without hiding what differs. */
export function formatNumber(value: unknown): string {
  const number = numberOf(value);
  if (Number.isNaN(number)) return 'NaN';
  if (!Number.isFinite(number)) return number > 0 ? '∞' : '−∞';
  if (Number.isInteger(number) && Math.abs(number) < 1e9) return integers.format(number);
  const size = Math.abs(number);
  if (size !== 0 && (size < 1e-3 || size >= 1e9)) return number.toExponential(3);
  return String(Number(number.toPrecision(5)));
}

export const formatCount = (count: number): string => integers.format(count);

export function formatBytes(bytes: unknown): string {
  const size = numberOf(bytes);
  if (!Number.isFinite(size)) return '';
  if (size < 1024) return `${size} B`;
  const units = ['KB', 'MB', 'GB', 'TB'];
  let value = size / 1024;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** Markdown without its commonest marks, for where a line of it is shown. */
export const plainText = (markdown: string): string =>
  markdown.replaceAll(/[*`]+|^#+ /gm, '').trim();
