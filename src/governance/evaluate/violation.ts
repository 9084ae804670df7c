/** Each reason for a refusal, with the status and the MLflow code that it is answered with. */
const REASONS = {
  UNKNOWN_STAGE: [400, 'INVALID_PARAMETER_VALUE'],
  SEMVER_INVALID: [400, 'INVALID_PARAMETER_VALUE'],
  SEMVER_NOT_GREATER: [400, 'INVALID_PARAMETER_VALUE'],
  NO_MATCHING_VERSION: [404, 'RESOURCE_DOES_NOT_EXIST'],
  STAGE_ROLE_REQUIRED: [403, 'PERMISSION_DENIED'],
  ARTIFACT_FROZEN: [403, 'PERMISSION_DENIED'],
  RESERVED_TAG: [403, 'PERMISSION_DENIED'],
  DELETE_PROTECTED: [403, 'PERMISSION_DENIED'],
  ARTIFACT_TAMPERED: [400, 'INVALID_STATE'],
  ONNX_INVALID: [400, 'INVALID_STATE'],
  ONNX_REQUIRED: [400, 'INVALID_STATE'],
  UNSAFE_FORMAT: [400, 'INVALID_STATE'],
  MODEL_CARD_REQUIRED: [400, 'INVALID_STATE'],
  MODEL_CARD_INVALID: [400, 'INVALID_STATE'],
  MODEL_CARD_MISMATCH: [400, 'INVALID_STATE'],
  MODEL_CARD_EXPIRED: [400, 'INVALID_STATE'],
  LINEAGE_REQUIRED: [400, 'INVALID_STATE'],
  DATA_CONTRACT_VIOLATION: [400, 'INVALID_STATE'],
  DIRTY_SOURCE: [400, 'INVALID_STATE'],
  METRIC_GATE_FAILED: [400, 'INVALID_STATE'],
  HYPERPARAMETERS_UNTRACKED: [400, 'INVALID_STATE'],
  LATEST_NOT_ALLOWED: [400, 'INVALID_STATE'],
  SEPARATION_OF_DUTIES: [403, 'PERMISSION_DENIED'],
  APPROVAL_REQUIRED: [403, 'PERMISSION_DENIED'],
  CONCURRENT_TRANSITION: [409, 'RESOURCE_CONFLICT'],
  NO_LAST_GOOD: [409, 'RESOURCE_CONFLICT'],
} as const satisfies Record<string, readonly [status: number, code: string]>;

export type Reason = keyof typeof REASONS;

/** The codes of MLflow that a refusal may have: all of them reach a client in one request. */
export type DenialCode = (typeof REASONS)[Reason][1];

/** Which reason speaks for many: the first of this order. */
const ORDER = Object.keys(REASONS);

/** One rule that isn't met. */
export interface Violation {
  readonly reason: Reason;
  /** A sentence for the caller. */
  readonly message: string;
  /** Python for an unchanged client that mends it, or says who can; empty where nothing does. */
  readonly remedy: string;
  /** What a program may want to know: texts alone, as `google.rpc.ErrorInfo` has them. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** The body and the status of a refusal; `details` are those of `google.rpc`. */
export interface Denial {
  readonly status: number;
  readonly error_code: DenialCode;
  readonly message: string;
  readonly error_class: Reason;
  readonly details: readonly [ErrorInfo, PreconditionFailure];
}

export interface ErrorInfo {
  readonly '@type': 'type.googleapis.com/google.rpc.ErrorInfo';
  readonly reason: Reason;
  readonly domain: string;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface PreconditionFailure {
  readonly '@type': 'type.googleapis.com/google.rpc.PreconditionFailure';
  readonly violations: readonly {
    readonly type: Reason;
    readonly subject: string;
    readonly description: string;
  }[];
}

const DOMAIN = 'governance.runledger';
/** A message stays in what an error may hold. */
const MAX_LINES = 20;
const MAX_LINE = 600;

/**
 * Makes one refusal of all violations: a line that says what is refused, then a line for each with
 * its remedy as code. Status and code are those of the gravest.
 *
 * @param refused what the caller wanted, as in `models:/M/3 can not enter Production`
 * @param subject what it was wanted of, as in `models:/M/3`
 */
export function denial(
  violations: readonly [Violation, ...Violation[]],
  refused: string,
  subject: string,
): Denial {
  const sorted = [...violations].sort(
    (one, other) => ORDER.indexOf(one.reason) - ORDER.indexOf(other.reason),
  );
  const [first = violations[0]] = sorted;
  const [status, error_code] = REASONS[first.reason];
  const count = sorted.length === 1 ? 'one rule is' : `${sorted.length} rules are`;
  const lines = sorted.slice(0, MAX_LINES).map(lineOf);
  const more = sorted.length - lines.length;
  return {
    status,
    error_code,
    message: [
      `${oneLine(refused)}: ${count} not met.`,
      ...lines,
      ...(more > 0 ? [`- and ${more} more`] : []),
    ].join('\n'),
    error_class: first.reason,
    details: [
      {
        '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
        reason: first.reason,
        domain: DOMAIN,
        metadata: first.metadata,
      },
      {
        '@type': 'type.googleapis.com/google.rpc.PreconditionFailure',
        violations: sorted.map(({ reason, message, remedy }) => ({
          type: reason,
          subject,
          description: remedy === '' ? message : `${message} Remedy: ${remedy}`,
        })),
      },
    ],
  };
}

function lineOf({ reason, message, remedy }: Violation): string {
  const fix = remedy === '' ? '' : ` Remedy: ${oneLine(remedy)}`;
  return `- ${reason}: ${oneLine(message)}${fix}`.slice(0, 2 * MAX_LINE);
}

/** @returns the text without line breaks, cut where it is very long */
function oneLine(text: string): string {
  const line = text.replaceAll(/\s*[\r\n\u2028\u2029]+\s*/g, '; ').trim();
  return line.length > MAX_LINE
    ? `${line.slice(0, MAX_LINE).replace(/\p{Surrogate}$/u, '')}...`
    : line;
}
