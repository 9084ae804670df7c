import { expectedText, LISTABLE, prefixes, TEXT } from './entity-rules.js';
import type { Comparison, FieldRules, Language } from './language.js';
import { dotted } from './naming.js';
import type { Fragment, Storage } from './storage.js';
import { text } from './value-types.js';
import { PLAIN_CLAUSES } from './wording.js';

const PROMPT_TAG = 'mlflow.prompt.is_prompt';

const unknownPrefix = (prefix: string): string =>
  `Invalid entity type '${prefix}'. Valid entity types are ('attribute', 'tag', 'tags')`;
const registryPrefixes = prefixes({ attribute: ['attribute'], tag: ['tag', 'tags'] });

/** How names are written in filters of the registry: attributes never in quotes. */
const naming = dotted({
  prefixes: registryPrefixes,
  unknownPrefix,
  quotedAttributes: 'refused',
});

/** How names are written in orders of the registry. */
export const ORDER_NAMING = dotted({ prefixes: registryPrefixes, unknownPrefix });

const badAttributeOperator = (operator: string): string =>
  `Invalid comparator for attribute: ${operator}`;

/** Text of a registered model or version, in the words of the registry's searches. */
export const REGISTRY_TEXT: FieldRules = {
  value: text,
  operators: LISTABLE,
  expected: (found) =>
    'Expected a quoted string value or a list of quoted string values for attributes. ' +
    `Got value ${found}`,
  badOperator: badAttributeOperator,
  lists: true,
};

/** Tags, in the words of the registry's searches. */
export const REGISTRY_TAG: FieldRules = {
  value: text,
  operators: TEXT,
  expected: expectedText,
  badOperator: (operator) => `Invalid comparator for tag: ${operator}`,
};

/** The language of a search of the registry over the given keys. */
export const registryLanguage = (keys: Language['keys']): Language => ({
  naming,
  keys,
  foldsOperators: true,
  operatorsLast: true,
  strictNames: true,
  unsupportedNull: ({ entity }) => `Invalid comparator for ${entity}: IS NULL / IS NOT NULL`,
  wording: PLAIN_CLAUSES,
});

/**
 * Prompts are stored as models with a tag and stay hidden until a filter asks for them by it.
 * @param column the model that a row belongs to
 * @param tags the table in whose rows the tag makes a model a prompt
 */
export function hidePrompts(column: string, tags: string): NonNullable<Storage['narrow']> {
  // Literals, not bindings: only then does the partial index of the prompts' tags apply.
  const prompts = `select p.model from ${tags} as p where p.key = '${PROMPT_TAG}' and p.value = 'true'`;
  const notPrompt: Fragment = { sql: `${column} not in (${prompts})`, bindings: [] };
  const isOnPromptTag = ({ entity, key }: Comparison) => entity === 'tag' && key === PROMPT_TAG;
  return (comparisons) => {
    const first = comparisons.find(isOnPromptTag);
    if (first !== undefined && asksForPrompts(first)) return { comparisons, conditions: [] };
    // Models don't carry the tag at all, so any other comparison with it would find nothing.
    return {
      comparisons: comparisons.filter((comparison) => !isOnPromptTag(comparison)),
      conditions: [notPrompt],
    };
  };
}

function asksForPrompts({ operator, value }: Comparison): boolean {
  const wanted = operator === '=' ? 'true' : operator === '!=' ? 'false' : undefined;
  return typeof value === 'string' && value.toLowerCase() === wanted;
}
