/** The error codes of MLflow's REST API that Runledger answers, with their HTTP status. */
const STATUS = {
  BAD_REQUEST: 400,
  FEATURE_DISABLED: 400,
  INVALID_PARAMETER_VALUE: 400,
  RESOURCE_ALREADY_EXISTS: 400,
  CUSTOMER_UNAUTHORIZED: 401,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  RESOURCE_DOES_NOT_EXIST: 404,
  NOT_FOUND: 404,
  ENDPOINT_NOT_FOUND: 404,
  ABORTED: 409,
  RESOURCE_CONFLICT: 409,
  ALREADY_EXISTS: 409,
  REQUEST_LIMIT_EXCEEDED: 429,
  RESOURCE_EXHAUSTED: 429,
  INTERNAL_ERROR: 500,
  INVALID_STATE: 500,
  DATA_LOSS: 500,
  NOT_IMPLEMENTED: 501,
  TEMPORARILY_UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
} as const;

export type ErrorCode = keyof typeof STATUS;

/** How MLflow 3.17 classifies a code: SQLSTATE and error class travel beside the code. */
const CLASSES: Partial<Record<ErrorCode, readonly [sqlstate: string, errorClass: string]>> = {
  BAD_REQUEST: ['KAM00', 'INVALID_PARAMETER_VALUE'],
  CUSTOMER_UNAUTHORIZED: ['KAM00', 'PERMISSION_DENIED'],
  FEATURE_DISABLED: ['KAM00', 'FEATURE_DISABLED'],
  ENDPOINT_NOT_FOUND: ['KAM00', 'RESOURCE_NOT_FOUND'],
  INTERNAL_ERROR: ['XXM00', 'CLIENT_INTERNAL_ERROR'],
  INVALID_PARAMETER_VALUE: ['KAM00', 'INVALID_PARAMETER_VALUE'],
  INVALID_STATE: ['XXM00', 'CLIENT_INTERNAL_ERROR'],
  NOT_FOUND: ['KAM00', 'RESOURCE_NOT_FOUND'],
  PERMISSION_DENIED: ['KAM00', 'PERMISSION_DENIED'],
  RESOURCE_ALREADY_EXISTS: ['KAM00', 'RESOURCE_ALREADY_EXISTS'],
  RESOURCE_DOES_NOT_EXIST: ['KAM00', 'RESOURCE_NOT_FOUND'],
  TEMPORARILY_UNAVAILABLE: ['XXM00', 'CLIENT_INTERNAL_ERROR'],
};

export interface MlflowErrorOptions {
  /** HTTP status where it differs from the code's own (413 for a body over the limit). */
  readonly status?: number;
  /** SQLSTATE and error class where they differ from the code's own. */
  readonly errorClass?: readonly [sqlstate: string, errorClass: string];
  /** Extra response headers, such as `Retry-After`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Typed facts about the error, in the form of `google.rpc` (governance 0, F4). */
  readonly details?: readonly Readonly<Record<string, unknown>>[];
  readonly cause?: unknown;
}

/** A message may repeat what the caller sent, but not a megabyte of it. */
const MAX_MESSAGE = 16_384;

const shortened = (message: string): string =>
  message.length > MAX_MESSAGE
    ? `${message.slice(0, MAX_MESSAGE).replace(/\p{Surrogate}$/u, '')}...`
    : message;

/** An error that a client sees as MLflow's error JSON. Nothing internal belongs in its message. */
export class MlflowError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly details: MlflowErrorOptions['details'];
  readonly #errorClass: readonly [string, string] | undefined;

  constructor(code: ErrorCode, message: string, options: MlflowErrorOptions = {}) {
    super(shortened(message), options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'MlflowError';
    this.code = code;
    this.status = options.status ?? STATUS[code];
    this.headers = options.headers ?? {};
    this.details = options.details;
    this.#errorClass = options.errorClass ?? CLASSES[code];
  }

  /** The body as MLflow 3.17 prints it; older clients read `error_code` and `message` alone. */
  toJSON(): Record<string, unknown> {
    const body: Record<string, unknown> = { error_code: this.code, message: this.message };
    const known = this.#errorClass;
    if (known) {
      body.sqlstate = known[0];
      body.error_class = known[1];
    }
    if (this.details !== undefined) body.details = this.details;
    return body;
  }
}

/** 400: the caller sent something that can't be accepted. */
export const invalidParameter = (message: string): MlflowError =>
  new MlflowError('INVALID_PARAMETER_VALUE', message);

/** 400 `BAD_REQUEST`: well-formed, but refused by a rule of the stored data. */
export const badRequest = (message: string): MlflowError => new MlflowError('BAD_REQUEST', message);

/** 404: the named entity does not exist. */
export const notFound = (message: string): MlflowError =>
  new MlflowError('RESOURCE_DOES_NOT_EXIST', message);

/** 400 `RESOURCE_ALREADY_EXISTS`: a name is taken. */
export const alreadyExists = (message: string): MlflowError =>
  new MlflowError('RESOURCE_ALREADY_EXISTS', message);

/** 501: the operation is part of MLflow's API but is not built yet. */
export const notImplemented = (message: string): MlflowError =>
  new MlflowError('NOT_IMPLEMENTED', message);

/** 503 with `Retry-After`: a resource of the server is gone or overloaded; clients repeat the call. */
export const unavailable = (message: string, cause?: unknown): MlflowError =>
  new MlflowError('TEMPORARILY_UNAVAILABLE', message, { headers: { 'Retry-After': '1' }, cause });

/** 503 with `Retry-After` where nothing has failed: there is more to do than the server takes. */
export class BusyError extends MlflowError {
  constructor(message: string) {
    super('TEMPORARILY_UNAVAILABLE', message, { headers: { 'Retry-After': '1' } });
  }
}

/** The suffix that MLflow's request validators (not its stores) put behind a message. */
const SEE_DOCS = ' See the API docs for more information about request parameters.';

/** `Missing value for required parameter`, in the wording of MLflow's request validators. */
export const missingParameter = (name: string): MlflowError =>
  invalidParameter(`Missing value for required parameter '${name}'.${SEE_DOCS}`);

/** A request-level refusal with MLflow's pointer to its API docs behind it. */
export const invalidRequest = (message: string): MlflowError =>
  invalidParameter(`${message}${SEE_DOCS}`);
