import { createHash } from 'node:crypto';
import { canonicalJson } from '../platform/canonical-json.js';
import type { By } from '../platform/http/operation.js';
import type { Deed } from '../platform/trail.js';
import { leafHash } from './merkle.js';

export type Decision = 'allowed' | 'denied';

/** What an entry tells beyond who did it and what. */
export interface Outcome {
  readonly decision: Decision;
  readonly policyVersion?: string | undefined;
}

/** The end of the log. */
export interface Head {
  readonly size: number;
  /** Hash of the last entry in hex; empty where there is none. */
  readonly leafHash: string;
}

/** A row of the log: columns for the filters, and the entry that they are taken from. */
export interface AuditRow {
  readonly seq: number;
  readonly ts: number;
  readonly actor: string;
  readonly method: string;
  readonly address: string;
  readonly user_agent: string;
  readonly action: string;
  readonly object_kind: string;
  readonly object_id: string;
  readonly decision: string;
  readonly reason: string | null;
  readonly request_id: string;
  readonly policy_version: string | null;
  readonly prev_hash: string;
  readonly leaf_hash: string;
  readonly entry: string;
}

/** An entry as its canonical JSON says it. */
export interface Entry {
  readonly v: 1;
  readonly seq: number;
  readonly ts: number;
  readonly actor: { readonly name: string; readonly method: string };
  readonly origin: {
    readonly address: string;
    readonly user_agent: string;
    readonly request_id: string;
  };
  readonly action: string;
  readonly object: { readonly kind: string; readonly id: string };
  readonly before?: unknown;
  readonly after?: unknown;
  readonly reason?: string | undefined;
  readonly decision: string;
  readonly policy_version?: string | undefined;
  /** Hash of the entry before it; empty for the first. */
  readonly prev: string;
}

/** Characters of a text, members of a list, characters of before or after. */
const MAX_TEXT = 1_000;
const MAX_MEMBERS = 500;
const MAX_VALUE = 50_000;
/** Names and ids are columns with an index, which has a limit on PostgreSQL. */
const MAX_ID = 500;

/** What most texts are: nothing in them needs to be looked at twice. */
const PLAIN = /^[\x20-\x7e]*$/;

/** @returns the next row of the log */
export function nextRow(head: Head, ts: number, by: By, deed: Deed, outcome: Outcome): AuditRow {
  const { caller, origin } = by;
  const entry: Entry = {
    v: 1,
    seq: head.size + 1,
    ts,
    actor: { name: short(caller.name), method: caller.method },
    origin: {
      address: short(origin.address),
      user_agent: short(origin.userAgent),
      request_id: short(origin.requestId),
    },
    action: short(deed.action),
    object: { kind: short(deed.object.kind), id: short(deed.object.id) },
    before: bounded(deed.before),
    after: bounded(deed.after),
    reason: deed.reason === undefined ? undefined : visible(deed.reason.slice(0, MAX_TEXT)),
    decision: outcome.decision,
    policy_version: outcome.policyVersion,
    prev: head.leafHash,
  };
  return columnsOf(entry, canonicalJson(entry));
}

/** @returns an entry with its columns, all of which are taken from it */
export const rowOf = (text: string): AuditRow => columnsOf(JSON.parse(text) as Entry, text);

/**
 * Names its members one by one: an object that begins with a spread takes five times as long to make.
 *
 * @param text the entry as canonical JSON, from which it would be read as it is
 */
function columnsOf(entry: Entry, text: string): AuditRow {
  return {
    seq: entry.seq,
    ts: entry.ts,
    actor: column(entry.actor.name),
    method: column(entry.actor.method),
    address: column(entry.origin.address),
    user_agent: column(entry.origin.user_agent),
    action: column(entry.action),
    object_kind: column(entry.object.kind),
    object_id: column(entry.object.id),
    decision: column(entry.decision),
    reason: entry.reason === undefined ? null : column(entry.reason),
    request_id: column(entry.origin.request_id),
    policy_version: entry.policy_version === undefined ? null : column(entry.policy_version),
    prev_hash: entry.prev,
    leaf_hash: leafHash(Buffer.from(text)).toString('hex'),
    entry: text,
  };
}

/** Text as a column holds it: PostgreSQL has no NUL, and nobody filters by control characters. */
export const column = (text: string): string =>
  PLAIN.test(text) ? text : text.replace(/\p{Cc}/gu, '\ufffd');

/** A long name keeps its beginning and gets a hash of the whole, so that it stays one of its own. */
export const short = (text: string): string => {
  const seen = visible(text);
  return seen.length <= MAX_ID ? seen : `${seen.slice(0, MAX_ID - 70)}...${digest(text)}`;
};

/** Controls beyond ASCII, ends of lines and paragraphs, and what turns the direction of a text. */
const UNSEEN = /[\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/**
 * Canonical JSON leaves them as they are, and a terminal or a reader of lines obeys them: who gives
 * himself such a name could still write into what others read of the log.
 */
function visible(text: string): string {
  if (PLAIN.test(text)) return text;
  // Halves of surrogate pairs have no form in canonical JSON.
  return text.replace(/\p{Surrogate}/gu, '\ufffd').replace(UNSEEN, (one) => {
    const code = one.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
    return `<U+${code}>`;
  });
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A log that takes whole prompts and cards grows without end: of what is long it keeps the hash. */
function bounded(value: unknown): unknown {
  const kept = shortened(value);
  const text = kept === undefined ? '' : canonicalJson(kept);
  return text.length <= MAX_VALUE ? kept : { sha256: digest(text), length: text.length };
}

function shortened(value: unknown): unknown {
  if (typeof value === 'string') {
    return value.length <= MAX_TEXT
      ? visible(value)
      : { sha256: digest(value), length: value.length };
  }
  if (Array.isArray(value)) {
    const kept = value.slice(0, MAX_MEMBERS).map(shortened);
    return value.length <= MAX_MEMBERS ? kept : [...kept, { omitted: value.length - MAX_MEMBERS }];
  }
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [short(key), shortened(member)]),
  );
}
