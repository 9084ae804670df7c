import type { Readable } from 'node:stream';
import type { operations } from '../../generated/api.js';
import type { Reply } from './reply.js';
import type { Scope } from './scope.js';

/** Every operation that the contract names, but for second routes to the same one. */
export type OperationId = Exclude<
  keyof operations,
  'searchExperimentsByGet' | 'getLatestVersionsByGet' | SkippedTwins
>;
type SkippedTwins =
  | 'searchEvaluationDatasetsByGet'
  | 'listRegisteredModels'
  | 'searchPromptOptimizationJobsByGet'
  | 'getTraceArtifactV3'
  | 'graphqlByGet'
  | 'gatewayProxyByPost';

/** `unknown` where the contract has nothing, so that it vanishes in an intersection. */
type Found<T> = [Exclude<T, undefined>] extends [never] ? unknown : Exclude<T, undefined>;
type Part<T, K extends string> = K extends keyof T ? Found<T[K]> : unknown;
type QueryOf<K extends OperationId> = Part<Part<operations[K], 'parameters'>, 'query'>;
type PathOf<K extends OperationId> = Part<Part<operations[K], 'parameters'>, 'path'>;
type ContentOf<T> = Part<Part<T, 'content'>, 'application/json'>;
type BodyOf<K extends OperationId> = ContentOf<Part<operations[K], 'requestBody'>>;

/** What a handler is given: path, query and body as one object, defaults filled in. */
export type Input<K extends OperationId> = QueryOf<K> & PathOf<K> & BodyOf<K>;

/** What a handler answers: the JSON of the contract. */
export type Output<K extends OperationId> = ContentOf<operations[K]['responses'][200]>;

/**
 * What a caller needs to be allowed to do, in MLflow's levels; `open` needs no login, and `audit`
 * is to see who did what.
 */
export type Access = 'open' | 'login' | 'read' | 'edit' | 'manage' | 'create' | 'admin' | 'audit';

/** What the access is to. Entities without rights of their own belong to one of these. */
export type ResourceKind =
  | 'server'
  | 'experiment'
  /** An experiment by its name. */
  | 'experiment_name'
  | 'run'
  | 'trace'
  /** The assessments of a trace, by the trace's id. */
  | 'assessment'
  | 'logged_model'
  | 'registered_model'
  /** A registered model by its key, as the Databricks API names it. */
  | 'registered_model_id'
  /** The versions of a registered model, by the model's name. */
  | 'model_version'
  | 'evaluation_dataset'
  | 'issue'
  | 'label_schema'
  | 'review_queue'
  /** A scorer, by the experiment's id, a slash and the name as URLs have it. */
  | 'scorer';

/** How a caller has signed in. `nobody` where the server asks for no sign-in. */
export type SignInMethod = 'nobody' | 'password' | 'token' | 'session' | 'jwt';

/** That somebody may do something with one thing. */
export interface Requirement {
  readonly access: Access;
  readonly of: ResourceKind;
  readonly id: string;
}

/** A right beyond MLflow's levels. */
export interface AliasRight {
  readonly action: 'alias_delete';
  readonly model: string;
  readonly alias: string;
}

/** Who asks. */
export interface Caller {
  /** The user's name; `anonymous` where nobody signs in. */
  readonly name: string;
  /** Undefined where nobody signs in. */
  readonly userId?: number;
  /** May do everything that MLflow's levels govern. Governance makes no exception for them. */
  readonly isAdmin: boolean;
  readonly method: SignInMethod;
  /** What a token was limited to when it was minted; undefined for no limit. */
  readonly scopes?: readonly string[];
}

/** Where a request has come from, for whoever writes down who did what. */
export interface Origin {
  /** The peer's address; what a proxy says of it counts only if the proxy is trusted. */
  readonly address: string;
  /** As the client says; at most 256 characters, none of them a control character. */
  readonly userAgent: string;
  readonly requestId: string;
}

/** Who does something, and from where: what the audit log tells of a change. */
export interface By {
  readonly caller: Caller;
  readonly origin: Origin;
}

export interface Call extends By {
  /** Which rows of a list the caller may see. */
  readonly scope: Scope;
  /** The unread body of an operation that streams. */
  readonly body: Readable;
  /**
   * Counts what a handler keeps of that body, in bytes so far; throws 503 where all bodies together
   * are too large. Absent where nobody counts.
   */
  readonly hold?: ((size: number) => void) | undefined;
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** One line of the table of operations: who may call it on what, and what answers. */
export interface Operation<K extends OperationId> {
  readonly access: Access;
  readonly of: ResourceKind;
  /**
   * Which one: an id, or several when the request names several. Absent for the server itself, and
   * for lists of all, whose handlers narrow them by {@link Call.scope}.
   */
  readonly id?: (input: Input<K>, headers: Call['headers']) => string | readonly string[];
  /** What else must be allowed, of other things that the request names. */
  readonly also?: (input: Input<K>, headers: Call['headers']) => readonly Requirement[];
  /** A right on an alias of a model that does as well, to whoever may edit the model. */
  readonly orRight?: (input: Input<K>) => AliasRight;
  /** A list over several owners answers for those that the caller may read, instead of refusing. */
  readonly narrow?: (input: Input<K>, readable: readonly string[]) => Input<K>;
  readonly handler: (input: Input<K>, call: Call) => Promise<Output<K> | Reply<Output<K>>>;
}

/** Operations of a slice, checked against the contract. */
export type OperationTable<K extends OperationId> = { readonly [P in K]: Operation<P> };
