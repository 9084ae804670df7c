import type { Client, FetchResponse, MaybeOptionalInit } from 'openapi-fetch';
import type { paths } from '../generated/client-api.js';

/** What a file can be uploaded from. A stream is sent once: a busy server is not asked again. */
export type BytesBody = string | ArrayBuffer | Uint8Array | Blob | ReadableStream<Uint8Array>;

type Method = 'get' | 'put' | 'post' | 'delete' | 'patch';
type MediaType = `${string}/${string}`;

/** An operation whose body is a file, for which the generated types have text alone. */
type WithBytes<Operation> = Operation extends {
  requestBody: { content: infer Content extends Record<string, string> };
}
  ? Omit<Operation, 'requestBody'> & {
      requestBody: { content: { [Type in keyof Content]: BytesBody } };
    }
  : Operation;

/** The paths of the contract as the client takes them. */
export type ClientPaths = {
  [Path in keyof paths]: { [Key in keyof paths[Path]]: WithBytes<paths[Path][Key]> };
};

type PathsOf<M extends Method> = {
  [Path in keyof ClientPaths]: ClientPaths[Path] extends { [Key in M]: unknown } ? Path : never;
}[keyof ClientPaths];

/** The successful one of the two outcomes that openapi-fetch tells apart; the other is thrown. */
type Data<Operation, Init> =
  Operation extends Record<string | number, unknown>
    ? Extract<FetchResponse<Operation, Init, MediaType>, { error?: never }>['data']
    : never;

/** A successful answer. */
export interface Answer<Value> {
  /** The answer's JSON, or what `parseAs` asks for. */
  readonly data: Value;
  readonly response: Response;
}

/** Options may be left out where none of them is required. */
type Arguments<Init> = undefined extends Init ? [init?: Init] : [init: Init];

/**
 * Calls one operation of the contract.
 *
 * @throws RunledgerError when the server answers with an error
 */
export type Call<M extends Method> = <
  Path extends PathsOf<M>,
  Init extends MaybeOptionalInit<ClientPaths[Path], Extract<M, keyof ClientPaths[Path]>>,
>(
  path: Path,
  ...init: Arguments<Init>
) => Promise<Answer<Data<ClientPaths[Path][Extract<M, keyof ClientPaths[Path]>], Init>>>;

/** A client of one server, with a method for each HTTP method of the contract. */
export interface RunledgerClient {
  readonly GET: Call<'get'>;
  readonly PUT: Call<'put'>;
  readonly POST: Call<'post'>;
  readonly DELETE: Call<'delete'>;
  readonly PATCH: Call<'patch'>;
  /** Adds middleware of openapi-fetch. It sees answers before an error is thrown. */
  readonly use: Client<ClientPaths>['use'];
  /** Removes middleware that was added. */
  readonly eject: Client<ClientPaths>['eject'];
}
