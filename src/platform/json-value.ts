/** A value that JSON can say. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

/** An object of JSON. What stands behind a key may be missing. */
export interface JsonObject {
  readonly [key: string]: JsonValue | undefined;
}
