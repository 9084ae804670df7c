import type { Binding } from './database.js';

/** A fragment with its bindings, to be put into a larger statement. */
export interface Fragment {
  readonly sql: string;
  readonly bindings: readonly Binding[];
}

/**
 * A member of {@link Dialect.jsonRows}: an expression of JSON text, of an integer, or of a double that the wire prints
 * as `"NaN"` where `isNan` is 1.
 */
export type JsonMember =
  | { readonly json: string }
  | { readonly integer: string }
  | { readonly double: string; readonly isNan: string };

/** The whole list of what differs between the databases: each a capability or an SQL fragment. */
export interface Dialect {
  /** The most placeholders that one statement may have. */
  readonly maxBindings: number;
  /** Closes a `select` whose rows must not change before this transaction ends. */
  readonly forUpdate: string;
  /** The same, but leaves out rows that another transaction holds. */
  readonly forUpdateSkipLocked: string;
  /** A statement that numbers new rows behind those whose ids were given; none where they are. */
  numberBehind(table: string, column: string): string | undefined;
  /**
   * Joins a table to rows that come first, and looks each of its rows up by its key, whatever is
   * known or guessed of how many rows there are.
   */
  lookUp(table: string, key: string, value: string): string;
  /** A sub-select for `exists` that is asked anew for each row. */
  askedEach(select: string): string;
  /** A condition that nearly every row keeps: no search begins with it. */
  likely(condition: string): string;
  /** A case-sensitive match of the whole string against one pattern; `%` and `_`, no escape. */
  like(column: string): string;
  /** The same without regard to case. */
  ilike(column: string): string;
  /**
   * The column has a part that a regular expression matches. The time for it grows with the text
   * alone, whatever the pattern is.
   * @throws MlflowError 400 for a pattern that {@link checkPattern} refuses
   */
  rlike(column: string, pattern: string): { readonly sql: string; readonly bindings: [string] };
  /** `column` is one of these integers, with one binding however many they are. */
  isOneOf(column: string, values: readonly (number | bigint)[]): Fragment;
  /** `column` is one of these strings, with one binding however many they are. */
  isOneOfText(column: string, values: readonly string[]): Fragment;
  /**
   * A scalar sub-query: the JSON array, as text, of one object for each row of `from`.
   * `members` maps member names to SQL expressions; `from` may hold joins and a `where`.
   */
  jsonObjects(members: Readonly<Record<string, string>>, from: string, orderBy: string): string;
  /** An aggregate: JSON objects of rows, as text, in the order they come with commas in between. */
  jsonRows(members: Readonly<Record<string, JsonMember>>): string;
  /** A scalar sub-query: the JSON object, as text, with a text member for each row of `from`. */
  jsonMap(key: string, value: string, from: string): string;
  /** The JSON value of a double that the wire prints as `"NaN"` where `isNan` is 1. */
  jsonDouble(value: string, isNan: string): string;
  /** JSON text as a JSON value, for nesting one {@link jsonObjects} in another. */
  jsonValue(text: string): string;
  isUniqueViolation(error: unknown): boolean;
  /** A row is in the way, or one that is referred to is missing, or a value is not allowed. */
  isConstraintViolation(error: unknown): boolean;
  /** The database can't be reached, is busy beyond its time-out or has no room: come again. */
  isUnavailable(error: unknown): boolean;
  /** The disk that the database is on has no room left, which is unavailable too. */
  isFull(error: unknown): boolean;
}

/** @returns the driver's own code of an error (`SQLITE_BUSY`, `23505`, `ECONNREFUSED`) */
export function driverCode(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return String(error.code);
}
