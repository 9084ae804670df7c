import type { By, Caller } from '../platform/http/operation.js';

/** Who asks in tests where that makes no difference. */
export const TESTER: Caller = { name: 'tester', isAdmin: true, method: 'nobody' };

export const BY_TESTER: By = {
  caller: TESTER,
  origin: { address: '127.0.0.1', userAgent: 'test', requestId: 'request-1' },
};
