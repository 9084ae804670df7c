import {
  type GraphQLFieldResolver,
  type GraphQLOutputType,
  getNullableType,
  isEnumType,
  isListType,
  isObjectType,
  isScalarType,
} from 'graphql';
import { invalidParameter } from '../errors.js';
import type { Message } from '../platform/http/read-message.js';
import { MAX_ROWS, type QueryContext } from './context.js';

type Resolver = GraphQLFieldResolver<unknown, QueryContext>;
type Input = { readonly input?: Message | null };

const snake = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** A root field is an operation of the API; its input has the same members in camelCase. */
const call =
  (operation: string, more: (context: QueryContext, input: Message) => Message = () => ({})) =>
  async (_: unknown, { input }: Input, context: QueryContext): Promise<Message> => {
    const members = Object.entries(input ?? {}).map(([name, value]) => [snake(name), value]);
    const message = Object.fromEntries(members) as Message;
    return context.ask(operation, { ...message, ...more(context, message) });
  };

/** How many rows a search may answer, with what other searches of the query have left. */
function rowsOf(context: QueryContext, input: Message): Message {
  const rows = input.max_results ?? MAX_ROWS;
  if (typeof rows !== 'number') return {};
  if (context.spend(rows)) return { max_results: rows };
  throw invalidParameter(
    `Invalid value ${rows} for parameter 'max_results': a GraphQL query reads ${MAX_ROWS} rows ` +
      'at most. Use the page token to read on.',
  );
}

const searchRuns = call('searchRuns', rowsOf);

const ROOT: Readonly<Record<string, Readonly<Record<string, Resolver>>>> = {
  Query: {
    mlflowGetExperiment: call('getExperiment'),
    mlflowGetMetricHistoryBulkInterval: call('getMetricHistoryBulkInterval'),
    mlflowGetRun: call('getRun'),
    mlflowListArtifacts: call('listArtifacts'),
    mlflowSearchModelVersions: call('searchModelVersions', rowsOf),
    mlflowSearchRuns: searchRuns,
  },
  Mutation: { mlflowSearchDatasets: call('searchDatasets'), mlflowSearchRuns: searchRuns },
  MlflowRunExtension: {
    experiment: (run, _, { experiments }) => experiments.load(infoOf(run).experiment_id),
    modelVersions: (run, _, { versions }) => versions.load(infoOf(run).run_id),
  },
};

const infoOf = (run: unknown) =>
  (run as { info: { readonly experiment_id: string; readonly run_id: string } }).info;

/**
 * Finds the value of any field. Most are members of what an operation has answered; a member
 * that its JSON leaves out has the default of protobuf.
 */
export const resolveField: Resolver = (parent, args, context, info) => {
  const own = ROOT[info.parentType.name]?.[info.fieldName];
  if (own !== undefined) return own(parent, args, context, info);
  const value = (parent as Message)[snake(info.fieldName)];
  return value === undefined || value === null
    ? emptyOf(info.returnType)
    : shown(value, info.returnType);
};

function shown(value: unknown, type: GraphQLOutputType): unknown {
  const { name } = getNullableType(type) as { readonly name?: string };
  if (name === 'LongString') return String(value);
  // GraphQL has no word for what is no number. A double may be printed as a long integer.
  if (name === 'Float') return typeof value === 'string' ? null : Number(value);
  return value;
}

const EMPTY: Readonly<Record<string, unknown>> = {
  String: '',
  LongString: '0',
  Int: 0,
  Float: 0,
  Boolean: false,
};

function emptyOf(given: GraphQLOutputType): unknown {
  const type = getNullableType(given);
  if (isListType(type)) return [];
  if (isEnumType(type)) return type.getValues()[0]?.value;
  if (isScalarType(type)) return EMPTY[type.name];
  // Errors of an operation are errors of the query; an answer holds none.
  return isObjectType(type) && type.name === 'ApiError' ? null : {};
}
