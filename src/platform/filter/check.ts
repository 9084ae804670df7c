import { invalidParameter } from '../../errors.js';
import type {
  Comparison,
  Field,
  FieldRules,
  Keys,
  Language,
  Meaning,
  Operator,
  Value,
} from './language.js';
import type { Operand, RawComparison } from './nodes.js';

interface Draft {
  readonly field: Field;
  /** The entity that is meant, where the field only stands for one of another entity. */
  readonly entity: string;
  readonly name: string;
  readonly rules: FieldRules;
  readonly operator: string;
  readonly value: Value;
}

/**
 * Holds comparisons against a vocabulary: known names, fitting operators and values.
 * @throws {MlflowError} for the first that does not fit, in MLflow's words
 */
export function check(comparisons: readonly RawComparison[], language: Language): Comparison[] {
  if (!language.operatorsLast) {
    return comparisons.map((raw) => settle(identify(raw, language), (draft) => read(raw, draft)));
  }
  const drafts = comparisons.map((raw) => read(raw, identify(raw, language)));
  return drafts.map((draft) => settle(draft, (same) => same));
}

function identify(raw: RawComparison, language: Language): Draft {
  const isNullTest = raw.parts === 2;
  if (raw.parts > 3 || (isNullTest && !language.strictNames)) {
    throw invalidParameter(language.wording.parts(raw.text, raw.parts));
  }
  if (language.strictNames && raw.left.kind !== 'identifier') {
    throw invalidParameter(
      `Invalid comparison clause. Expected 'Identifier' found '${raw.left.text}'`,
    );
  }
  const found = lookUp(raw.left.text, language);
  const fold = language.foldsOperators || isNullTest;
  const operator = fold ? raw.operator.toUpperCase() : raw.operator;
  const isUnfit = isNullTest && !found.rules.operators.includes(operator as Operator);
  if (isUnfit && language.unsupportedNull !== undefined) {
    throw invalidParameter(language.unsupportedNull(found.field));
  }
  return { ...found, operator, value: null };
}

/**
 * Finds the field that a name means.
 * @throws {MlflowError} for an unknown prefix, attribute or other fixed key
 */
export function lookUp(
  text: string,
  { naming, keys }: Pick<Language, 'naming' | 'keys'>,
): { readonly field: Field } & Meaning {
  const { entity, key: written } = naming.split(text);
  const key = naming.unquote(written);
  const known = keys.get(entity) as Keys;
  const field = { entity, key };
  if ('any' in known) return { field, entity, name: key, rules: known.any };
  if ('meaning' in known) return { field, ...known.meaning(key) };
  const sought = naming.quotedAttributes === 'refused' ? written : key;
  const found = known.known.get(sought);
  if (found === undefined) throw invalidParameter(known.unknown(sought));
  return { field, entity, ...found };
}

const read = (raw: RawComparison, draft: Draft): Draft =>
  raw.right === undefined ? draft : { ...draft, value: readValue(raw.right, draft) };

const readValue = (operand: Operand, { field, rules, operator }: Draft): Value =>
  rules.value.read(operand, field, rules, operator);

function settle(draft: Draft, complete: (draft: Draft) => Draft): Comparison {
  const { field, entity, name, rules, operator } = draft;
  if (!rules.operators.includes(operator as Operator)) {
    throw invalidParameter(rules.badOperator(operator, field));
  }
  const read = complete(draft).value;
  const isList = operator === 'IN' || operator === 'NOT IN';
  if (Array.isArray(read) !== isList) {
    throw invalidParameter(
      isList
        ? `The ${operator} comparator expects a list of quoted string values.`
        : `The '${operator}' comparator does not support a list of values.`,
    );
  }
  const value = rules.value.settle?.(read, field) ?? read;
  return { entity, key: name, operator: operator as Operator, value };
}
