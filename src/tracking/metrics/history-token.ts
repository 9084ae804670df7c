import { invalidParameter } from '../../errors.js';
import type { KeyValue, SortColumn } from '../../platform/filter/keyset.js';
import { decodePageToken, encodePageToken } from '../../platform/filter/page-token.js';
import type { HistoryRow } from './metrics.store.js';

const column = (name: string, type: SortColumn['type']): SortColumn => ({
  name,
  type,
  sql: `m.${name}`,
  bindings: [],
  ascending: true,
  nullable: false,
});

/** The order of a history; no two of its points are equal in all of these. */
const ORDER = [
  column('timestamp', 'integer'),
  column('step', 'integer'),
  column('value', 'double'),
  column('is_nan', 'integer'),
];

/** Page tokens of the history of one metric of one run. */
export const historyToken = (runId: string, key: string) => {
  const query = { run_id: runId, metric_key: key };
  return {
    encode: ({ timestamp, step, value, is_nan }: HistoryRow): string =>
      encodePageToken(query, { after: [timestamp, step, value, is_nan], seen: 0 }),
    /** @throws MlflowError 400 for anything but a token of this history */
    decode: (token: string): readonly KeyValue[] => {
      const position = decodePageToken(token, query, ORDER);
      if (position && 'after' in position) return position.after;
      throw invalidParameter('Invalid page token, it does not say where the page begins');
    },
  };
};
