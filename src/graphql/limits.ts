import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  parse,
  type SelectionSetNode,
} from 'graphql';

/** What a query may hold, as `mlflow server` limits it: its pages need a small part of it. */
const LIMITS = { depth: 10, selections: 1_000, rootFields: 10, aliases: 10 };
/** Characters of a query. */
const MAX_LENGTH = 65_536;
/** Words and signs of a query. */
const MAX_TOKENS = 2_500;

/** @throws GraphQLError for a query that is too long, or none */
export function parseQuery(query: string): DocumentNode {
  if (query.length > MAX_LENGTH) {
    throw new GraphQLError(`Query exceeds maximum length of ${MAX_LENGTH} characters`);
  }
  try {
    return parse(query, { maxTokens: MAX_TOKENS, noLocation: true });
  } catch (error) {
    // The parser calls itself for each level of brackets.
    if (error instanceof RangeError) throw new GraphQLError('Query is nested too deeply');
    throw error;
  }
}

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

/**
 * Refuses a query that asks for too much, before anything of it is validated or run. A fragment
 * counts as often as it is used, so that fragments can't multiply; one that is not used counts
 * too.
 *
 * @throws GraphQLError in the words of `mlflow server`
 */
export function checkCost(document: DocumentNode): void {
  const fragments: Fragments = new Map(
    document.definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition]] : [],
    ),
  );
  let left = LIMITS.selections;
  let rootFields = 0;
  let aliases = 0;
  for (const definition of document.definitions) {
    if (!('selectionSet' in definition) || definition.selectionSet === undefined) continue;
    const fields = walk(definition.selectionSet, 1);
    if (definition.kind === Kind.OPERATION_DEFINITION) rootFields += fields.length;
  }
  refuseOver(LIMITS.rootFields, rootFields, 'root fields');
  refuseOver(LIMITS.aliases, aliases, 'aliases');

  /** @returns the fields of this level, those of fragments included */
  function walk(set: SelectionSetNode, depth: number): FieldNode[] {
    if (depth > LIMITS.depth) {
      throw new GraphQLError(`Query exceeds maximum depth of ${LIMITS.depth}`);
    }
    const fields = fieldsOf(set, fragments, new Set());
    left -= fields.length;
    if (left < 0) {
      throw new GraphQLError(`Query exceeds maximum total selections of ${LIMITS.selections}`);
    }
    aliases = Math.max(aliases, fields.filter((field) => field.alias !== undefined).length);
    for (const { selectionSet } of fields) {
      if (selectionSet !== undefined) walk(selectionSet, depth + 1);
    }
    return fields;
  }
}

function fieldsOf(set: SelectionSetNode, fragments: Fragments, seen: Set<string>): FieldNode[] {
  return set.selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection];
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      return fieldsOf(selection.selectionSet, fragments, seen);
    }
    const name = selection.name.value;
    const fragment = fragments.get(name);
    if (fragment === undefined || seen.has(name)) return [];
    seen.add(name);
    return fieldsOf(fragment.selectionSet, fragments, seen);
  });
}

function refuseOver(limit: number, found: number, what: string): void {
  if (found <= limit) return;
  throw new GraphQLError(
    `GraphQL queries should have at most ${limit} ${what}, got ${found} ${what}.`,
  );
}
