import { readFileSync } from 'node:fs';

/** A JSON Schema as the contract uses it. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';
  readonly format?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly allOf?: readonly Schema[];
  readonly enum?: readonly string[];
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly default?: unknown;
  /** A second name under which MLflow takes the field. */
  readonly 'x-alias'?: string;
  readonly 'x-enum-numbers'?: readonly number[];
}

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: Schema;
}

interface OperationObject {
  readonly operationId: string;
  readonly summary?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly schema: Schema }>>;
  };
  readonly responses: Readonly<Record<string, unknown>>;
  readonly 'x-same-as'?: string;
  readonly 'x-path-wildcard'?: boolean;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** One route of the contract: an operation at a method and a path. */
export interface Route {
  /** The operation that answers; two routes may lead to one (`x-same-as`). */
  readonly operation: string;
  readonly method: string;
  /** As in the contract: `/api/2.0/mlflow/logged-models/{model_id}`. */
  readonly path: string;
  /** The last path parameter takes the rest of the path, slashes included. */
  readonly wildcard: boolean;
  /** Query parameters as one object schema; in MLflow's terms the message of a GET. */
  readonly query: Schema;
  /** The JSON body, if there is one. */
  readonly body: Schema | undefined;
  /** The body is a file and is handed on unread. */
  readonly streams: boolean;
}

export interface Contract {
  readonly routes: readonly Route[];
  /** The bundled document, as `/openapi.json` shows it. */
  readonly document: unknown;
  /** Follows `$ref` and merges `allOf`. */
  resolve(schema: Schema): Schema;
}

/** Reads the bundled contract that lies beside the compiled code. */
export function loadContract(): Contract {
  const file = new URL('../../generated/contract.json', import.meta.url);
  const document = JSON.parse(readFileSync(file, 'utf8')) as Document;
  const routes = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => toRoute(method, path, operation)),
  );
  return { routes, document, resolve: (schema) => resolve(document, schema) };
}

function toRoute(method: string, path: string, operation: OperationObject): Route {
  const query = (operation.parameters ?? []).filter((parameter) => parameter.in === 'query');
  const content = operation.requestBody?.content ?? {};
  return {
    operation: operation['x-same-as'] ?? operation.operationId,
    method: method.toUpperCase(),
    path,
    wildcard: operation['x-path-wildcard'] ?? false,
    query: {
      type: 'object',
      properties: Object.fromEntries(query.map((parameter) => [parameter.name, parameter.schema])),
      required: query.filter((p) => p.required === true).map((p) => p.name),
    },
    body: content['application/json']?.schema,
    streams: Object.keys(content).some((type) => type !== 'application/json'),
  };
}

function resolve(document: Document, schema: Schema): Schema {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1);
    const found = document.components.schemas[name];
    if (found === undefined) throw new Error(`The contract has no schema ${name}`);
    return resolve(document, found);
  }
  if (schema.allOf === undefined) return schema;
  return schema.allOf.map((part) => resolve(document, part)).reduce(merge);
}

const merge = (one: Schema, other: Schema): Schema => ({
  ...one,
  ...other,
  properties: { ...one.properties, ...other.properties },
  required: [...(one.required ?? []), ...(other.required ?? [])],
});
