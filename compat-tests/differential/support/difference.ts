/** What one side of a deliberate difference answers. What is not given may be anything. */
export interface Expected {
  readonly status?: number | readonly number[];
  readonly code?: string | readonly string[];
  /** Whether the answer is an HTML page. */
  readonly html?: boolean;
  readonly message?: RegExp;
  /** Compared with the JSON of the body. */
  readonly body?: RegExp;
}

/** A difference from stock MLflow that is meant. */
export interface Difference {
  readonly name: string;
  readonly reason: string;
  /** Method and path. */
  readonly on?: RegExp;
  /** Method, path, headers and body of the request, as a failing test prints them. */
  readonly question?: RegExp;
  readonly stock: Expected;
  readonly ours: Expected;
}
