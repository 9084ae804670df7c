import { type DocumentNode, execute, GraphQLError, validate } from 'graphql';
import { invalidParameter, MlflowError } from '../errors.js';
import type { Input, Output } from '../platform/http/operation.js';
import { parseJsonBody } from '../platform/http/parse-json.js';
import type { QueryContext } from './context.js';
import { checkCost, parseQuery } from './limits.js';
import { resolveField } from './resolve.js';
import { SCHEMA } from './schema.js';

/** What is wrong with a query is part of its answer; only what is our fault fails as a whole. */
export async function answer(
  { query, variables, operationName }: Input<'graphql'>,
  contextValue: QueryContext,
): Promise<Output<'graphql'>> {
  const variableValues = variablesOf(variables);
  let document: DocumentNode;
  try {
    document = parseQuery(query);
    checkCost(document);
  } catch (error) {
    if (error instanceof GraphQLError) return refused([error]);
    throw error;
  }
  const faults = validate(SCHEMA, document, undefined, { maxErrors: 20 });
  if (faults.length > 0) return refused(faults);
  const { data, errors } = await execute({
    schema: SCHEMA,
    document,
    contextValue,
    variableValues,
    operationName: operationName ?? null,
    fieldResolver: resolveField,
  });
  for (const { originalError } of errors ?? []) {
    if (originalError !== undefined && !isCallers(originalError)) throw originalError;
  }
  return { data: data ?? null, errors: errors?.map(({ message }) => message) ?? null };
}

const isCallers = (error: Error): boolean =>
  error instanceof GraphQLError || (error instanceof MlflowError && error.status < 500);

const refused = (errors: readonly GraphQLError[]): Output<'graphql'> => ({
  data: null,
  errors: errors.map(({ message }) => message),
});

/** In an address the variables are JSON text. */
function variablesOf(given: unknown): Record<string, unknown> {
  if (given === undefined) return {};
  if (typeof given === 'string') return parseJsonBody(given);
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) {
    return given as Record<string, unknown>;
  }
  throw invalidParameter("Invalid value for parameter 'variables': it must be an object.");
}
