import type { Alert } from './alerts.js';

/** @returns the alert that the audit log is not what it was */
export const auditAlert = (problems: readonly string[]): Alert => ({
  kind: 'audit.verification_failed',
  summary: 'The audit log has been changed: it does not verify.',
  details: { problems: problems.slice(0, 20).map((problem) => problem.slice(0, 500)) },
});
