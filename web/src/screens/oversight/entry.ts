import type { Schema } from '../../shared/api.ts';

/** An entry of the audit log, as it is shown. */
export interface Entry {
  readonly seq: number;
  readonly time: number;
  readonly actor: string;
  readonly action: string;
  readonly objectKind: string;
  readonly objectId: string;
  readonly decision: string;
  readonly reason: string;
  readonly leafHash: string;
  /** All of it, as its hash was made. */
  readonly whole: unknown;
}

const field = (of: unknown, key: string): unknown =>
  typeof of === 'object' && of !== null ? (of as Record<string, unknown>)[key] : undefined;
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

export function entryOf({ seq, leaf_hash, entry }: Schema<'AuditEntry'>): Entry {
  return {
    seq: Number(seq),
    time: Number(field(entry, 'ts')),
    actor: text(field(field(entry, 'actor'), 'name')),
    action: text(field(entry, 'action')),
    objectKind: text(field(field(entry, 'object'), 'kind')),
    objectId: text(field(field(entry, 'object'), 'id')),
    decision: text(field(entry, 'decision')),
    reason: text(field(entry, 'reason')),
    leafHash: leaf_hash ?? '',
    whole: entry,
  };
}
