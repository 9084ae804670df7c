import type { OperationTable } from '../platform/http/operation.js';
import { plainText } from '../platform/http/reply.js';

/** Of Prometheus' text format, version 0.0.4. */
const TEXT_FORMAT = 'text/plain; version=0.0.4; charset=utf-8';

/** What the server counts, for Prometheus. With `--auth` it is for those who may read the audit log. */
export const observabilityOperations = (
  metrics: () => Promise<string>,
): OperationTable<'getMetrics'> => ({
  getMetrics: {
    access: 'audit',
    of: 'server',
    handler: async () => plainText(await metrics(), TEXT_FORMAT),
  },
});
