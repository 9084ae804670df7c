/** Versions whose files nobody has looked at yet, and versions to be looked at anew; by evidence. */
export const EVIDENCE_JOB = 'version evidence';
export const SWEEP_JOB = 'version sweep';
