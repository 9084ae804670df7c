import { invalidParameter, notFound } from '../errors.js';
import type { Alerts } from '../governance/alerts/alerts.js';
import { auditAlert } from '../governance/alerts/audit-alert.js';
import type { Database } from '../platform/db/database.js';
import type { OperationTable } from '../platform/http/operation.js';
import { headersOf, Reply } from '../platform/http/reply.js';
import { momentIn } from '../platform/rules/moments.js';
import type { AuditQuery, AuditStore, StoredCheckpoint } from './audit.store.js';
import type { AuditTrail } from './audit-trail.js';
import type { Checkpointer } from './checkpointer.js';
import { column, type Entry, short } from './entries.js';
import { sendLog } from './export.js';
import type { Report } from './log-verifier.js';
import type { Proofs } from './proofs.js';
import { printKey } from './signed-note.js';
import { verifyDatabase } from './verify-database.js';

type Ids =
  | 'listAuditEntries'
  | 'exportAuditLog'
  | 'proveAuditInclusion'
  | 'proveAuditConsistency'
  | 'getAuditCheckpoint'
  | 'listAuditCheckpoints'
  | 'getAuditKey'
  | 'verifyAuditLog';

export interface AuditOperationParts {
  readonly database: Database;
  readonly store: AuditStore;
  readonly checkpointer: Checkpointer;
  readonly proofs: Proofs;
  /** Hears of a log that does not verify. */
  readonly alerts: Alerts;
  /** Has entries that wait for their places. */
  readonly trail: Pick<AuditTrail, 'settle'>;
}

const MAX_RESULTS = 100;
const MAX_SIZE = 1_000;

/** The audit log over HTTP: it can be read and proven, and by nobody changed. */
export function auditOperations(parts: AuditOperationParts): OperationTable<Ids> {
  const { database, store, checkpointer, proofs, alerts, trail } = parts;
  const rule = { access: 'audit', of: 'server' } as const;
  let verifying: Promise<Report> | undefined;
  /** A checkpoint of all that was done until now. */
  const newest = async () => {
    await trail.settle();
    return checkpointer.current();
  };
  return {
    listAuditEntries: {
      ...rule,
      handler: async ({ max_results, page_token, ...asked }) => {
        await trail.settle();
        const { rows, token } = await store.page(toQuery(asked), sizeOf(max_results), page_token);
        return {
          entries: rows.map(({ seq, leaf_hash, entry }) => ({
            ...{ seq, leaf_hash },
            entry: JSON.parse(entry) as Entry & Record<string, unknown>,
          })),
          ...(token === undefined ? {} : { next_page_token: token }),
        };
      },
    },
    exportAuditLog: {
      ...rule,
      handler: async () => {
        const key = await checkpointer.publicKey();
        const checkpoint = await newest();
        return new Reply(async (_, response) => {
          response.writeHead(
            200,
            headersOf(response, {
              'Content-Type': 'application/x-ndjson',
              'Content-Disposition': 'attachment; filename="audit.ndjson"',
            }),
          );
          await sendLog(response, database, store, {
            key: printKey(key),
            size: checkpoint?.size ?? 0,
          });
        });
      },
    },
    proveAuditInclusion: {
      ...rule,
      handler: async ({ seq: asked }) => {
        const seq = whole(asked);
        const checkpoint = await newest();
        const leaf = await store.leaf(database.read, seq);
        if (checkpoint === undefined || leaf === undefined || seq > checkpoint.size) {
          throw notFound(`There is no entry ${seq} in the audit log`);
        }
        const proof = await proofs.inclusion(seq - 1, checkpoint.size);
        return {
          ...{ seq, leaf_hash: leaf, checkpoint: checkpoint.note },
          proof: proof.map((hash) => hash.toString('hex')),
        };
      },
    },
    proveAuditConsistency: {
      ...rule,
      handler: async (asked) => {
        const { size } = await store.head(database.read);
        const from = whole(asked.from);
        const to = whole(asked.to ?? size);
        if (!(from >= 1 && from <= to && to <= size)) {
          throw invalidParameter(
            `'from' and 'to' must be sizes from 1 to ${size}, the lower first`,
          );
        }
        const proof = await proofs.consistency(from, to);
        return {
          ...{ from, to },
          from_root: (await proofs.root(from)).toString('hex'),
          to_root: (await proofs.root(to)).toString('hex'),
          proof: proof.map((hash) => hash.toString('hex')),
        };
      },
    },
    getAuditCheckpoint: {
      ...rule,
      handler: async () => {
        const checkpoint = await newest();
        if (checkpoint === undefined) throw notFound('The audit log has no entries yet');
        return { checkpoint: toWire(checkpoint) };
      },
    },
    listAuditCheckpoints: {
      ...rule,
      handler: async ({ after = 0, max_results }) => {
        const [from, size] = [whole(after), sizeOf(max_results)];
        const rows = await store.checkpoints(database.scan, from, Number.MAX_SAFE_INTEGER, size);
        return { checkpoints: rows.map(toWire) };
      },
    },
    getAuditKey: {
      ...rule,
      handler: async () => {
        const key = await checkpointer.publicKey();
        const pem = key.export({ format: 'pem', type: 'spki' }).toString();
        return { key: printKey(key), public_key_pem: pem };
      },
    },
    verifyAuditLog: {
      ...rule,
      handler: async () => {
        const key = await checkpointer.publicKey();
        // It reads all of the log: those who ask together share one reading.
        verifying ??= verifyDatabase(store, database.scan, { key }).finally(() => {
          verifying = undefined;
        });
        const { ok, entries, root, checkpoints, problems } = await verifying;
        if (!ok) {
          const told = problems.map(({ seq, problem }) => `${seq}: ${problem}`);
          await database.write((tx) => alerts.raise(tx, auditAlert(told)));
        }
        return { ok, entries, root, checkpoints, problems: [...problems] };
      },
    },
  };
}

type Asked = { readonly [Name in keyof AuditQuery]?: string | undefined };

function toQuery(asked: Asked): AuditQuery {
  const text = (value: Asked[keyof Asked]) =>
    value === undefined || value === '' ? undefined : column(short(value));
  const { actor, action, object_kind, object_id, decision, request_id } = asked;
  if (decision !== undefined && !['', 'allowed', 'denied'].includes(String(decision))) {
    throw invalidParameter("'decision' must be 'allowed' or 'denied'");
  }
  return {
    ...{ actor: text(actor), action: text(action), object_kind: text(object_kind) },
    ...{ object_id: text(object_id), decision: text(decision), request_id: text(request_id) },
    ...{ from: momentOf('from', asked.from), to: momentOf('to', asked.to) },
  };
}

const MOMENT = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))?$/;

/** Reads ms since the epoch, or ISO 8601. @throws MlflowError 400 */
function momentOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  if (/^-?\d{1,19}$/.test(text)) return whole(text);
  const time = MOMENT.test(text) ? momentIn(text) : Number.NaN;
  if (!Number.isNaN(time)) return time;
  throw invalidParameter(
    `'${name}' is a time: ms since the epoch, or one such as 2026-05-01T00:00Z, not '${text.slice(0, 64)}'`,
  );
}

/** Beyond 2^53 there are no entries and no times: the nearest number finds as few. */
const whole = (value: string | number | bigint): number =>
  Math.max(-1, Math.min(Number(value), Number.MAX_SAFE_INTEGER));

function sizeOf(given: number | undefined): number {
  const size = given ?? MAX_RESULTS;
  if (size >= 1 && size <= MAX_SIZE) return size;
  throw invalidParameter(`'max_results' must be from 1 to ${MAX_SIZE}, and is ${size}`);
}

const toWire = ({ size, ts, root, note }: StoredCheckpoint) => ({
  size,
  timestamp: ts,
  root,
  note,
});
