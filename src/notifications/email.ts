import type { StoredEvent } from './deliveries.store.js';
import { titleOf } from './messages.js';

/** An e-mail as it is handed to the mail server. */
export interface Email {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

const MAX_SUBJECT = 200;

/** Whatever somebody has called a model, a header has one line. */
const oneLine = (text: string): string => text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();

const htmlOf = (text: string): string =>
  text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/'/g, '&#39;');

/** @returns one e-mail about one event, or about several that had to wait */
export function emailOf(events: readonly StoredEvent[]): Email {
  const [first] = events;
  if (first === undefined) throw new Error('An e-mail is about something');
  const about = first.model === null ? '' : ` (${first.model})`;
  const subject =
    events.length === 1
      ? `[Runledger] ${first.summary}`
      : `[Runledger] ${events.length} events${about}`;
  return {
    subject: oneLine(subject).slice(0, MAX_SUBJECT),
    text: `${events.map(textOf).join('\n\n')}\n`,
    html: `<!doctype html><html><body>${events.map(sectionOf).join('<hr>')}</body></html>`,
  };
}

function rowsOf({ model, version, actor, time, data, kind }: StoredEvent) {
  const rows: readonly (readonly [string, unknown])[] = [
    ['Event', titleOf(kind)],
    ['Model', model],
    ['Version', version],
    ['From', data.from_stage],
    ['To', data.to_stage],
    ['By', actor],
    ['Comment', data.comment],
    ['Reasons', Array.isArray(data.reasons) ? data.reasons.join(', ') : undefined],
    ['Time', new Date(time).toISOString()],
  ];
  return rows.filter(([, value]) => value !== null && value !== undefined && value !== '');
}

function textOf(event: StoredEvent): string {
  const rows = rowsOf(event).map(([name, value]) => `${name}: ${value}`);
  return [event.summary, '', ...rows].join('\n');
}

function sectionOf(event: StoredEvent): string {
  const rows = rowsOf(event).map(
    ([name, value]) => `<tr><th align="left">${name}</th><td>${htmlOf(String(value))}</td></tr>`,
  );
  return `<p>${htmlOf(event.summary)}</p><table>${rows.join('')}</table>`;
}
