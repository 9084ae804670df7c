import { invalidParameter } from '../../errors.js';
import {
  expectedText,
  LISTABLE,
  NULLABLE,
  NUMERIC,
  named,
} from '../../platform/filter/entity-rules.js';
import type { FieldRules, Meaning, Operator, ValueType } from '../../platform/filter/language.js';
import { set } from '../../platform/filter/python-text.js';
import { numeric, text, textNotNumber } from '../../platform/filter/value-types.js';
import { METADATA, TAG } from '../traces/traces.js';

/** The tag that filters on prompts are written with; what they find are links. */
export const PROMPTS_TAG = 'mlflow.linkedPrompts';
/** What full-text searches look into. */
export const CONTENT = 'content';
/** A span's attributes are named by this and their own name. */
export const ATTRIBUTES = 'attributes.';

export const LISTED: readonly Operator[] = [...LISTABLE, 'RLIKE'];
const NULLED: readonly Operator[] = [...NULLABLE, 'RLIKE'];
export const ASSESSED: readonly Operator[] = [...NULLED, '>', '>=', '<', '<='];

const notOneOf = (operators: readonly string[], close: string) => (operator: string) =>
  `Invalid comparator '${operator}' not one of '${set(operators)}${close}`;
export const spanNotOneOf = (name: string, operators: readonly string[]) => (operator: string) =>
  `span.${name} comparator '${operator}' not one of '${set(operators)}'`;

export const TIMES = {
  ...named('timestamp_ms', 'execution_time_ms', 'end_time_ms'),
  timestamp: 'timestamp_ms',
  execution_time: 'execution_time_ms',
  end_time: 'end_time_ms',
};
export const LISTING = ['name', 'status', 'request_id', 'run_id', 'client_request_id'];

export const refuseList =
  `Only attributes in ${set(LISTING)} supports comparison with ` +
  'a list of quoted string values.';
const expectedAttribute = (found: string): string =>
  'Expected a quoted string value or a list of quoted string values for attributes. ' +
  `Got value ${found}`;
const attributeText = textNotNumber(set(Object.keys(TIMES)));

/** A bare number or one in quotes. */
const time: ValueType = {
  read(operand, field, rules, operator) {
    if (operand.kind === 'integer' || operand.kind === 'float') {
      return numeric.read(operand, field, rules, operator);
    }
    const value = text.read(operand, field, rules, operator);
    if (typeof value === 'string' && /^-?\d{1,30}$/.test(value)) return BigInt(value);
    const number = Number(value);
    if (typeof value === 'string' && value.trim() !== '' && Number.isFinite(number)) return number;
    throw invalidParameter(
      `Expected numeric value type for numeric attribute: ${field.key}. Found ${operand.text}`,
    );
  },
};

export const ATTRIBUTE: FieldRules = {
  value: attributeText,
  operators: LISTED,
  expected: expectedAttribute,
  badOperator: notOneOf(LISTED, "'"),
  lists: true,
};
export const TIME: FieldRules = {
  value: time,
  operators: NUMERIC,
  expected: expectedAttribute,
  // MLflow prints the operators of text here.
  badOperator: notOneOf(LISTED, ''),
  lists: refuseList,
};

/** How values are written in comparisons of an entity; the operators depend on what is meant. */
export type Writing = Pick<FieldRules, 'value' | 'expected' | 'lists'>;

export const TAG_WRITING: Writing = { value: text, expected: expectedText, lists: true };
export const METADATA_WRITING: Writing = {
  value: text,
  expected: (found) => expectedText(found, { entity: 'request_metadata' }),
};
export const SPAN_WRITING: Writing = { value: text, expected: expectedText, lists: true };
export const ISSUE_WRITING: Writing = { value: text, expected: expectedText };

/** Quoted text, or a bare number where the operator compares numbers. */
const assessed: ValueType = {
  read(operand, field, rules, operator) {
    const isNumber = operand.kind === 'integer' || operand.kind === 'float';
    const wantsNumber = /^[<>]=?$/.test(operator);
    const isText = operand.kind === 'string' || operand.kind === 'identifier';
    if (wantsNumber && isNumber) return Number(operand.text);
    if (!wantsNumber && isText) return text.read(operand, field, rules, operator);
    throw invalidParameter(
      wantsNumber
        ? `Expected a numeric value for ${field.entity} when using comparator '${operator}'. Got value ${operand.text}`
        : expectedText(operand.text, field),
    );
  },
};
export const ASSESSMENT_WRITING: Writing = { value: assessed, expected: expectedText };

export const tagNamed = (name: string, writing: Writing): Meaning => ({
  entity: 'tag',
  name,
  rules: { ...writing, operators: NULLED, badOperator: notOneOf(NULLED, '') },
});

const EQUALITY: readonly Operator[] = ['=', '!=', 'IS NULL', 'IS NOT NULL'];

export function metadataNamed(name: string, writing: Writing): Meaning {
  const isCounted = name === METADATA.tokenUsage || name === METADATA.cost;
  const refusal = notOneOf(NULLED, "'");
  const badOperator = (operator: string): string =>
    isCounted && NULLED.includes(operator as Operator)
      ? `Comparator '${operator}' is not supported for reserved metadata '${name}'. ` +
        "Only '=', '!=', 'IS NULL', and 'IS NOT NULL' are supported."
      : refusal(operator);
  const operators = isCounted ? EQUALITY : NULLED;
  return { entity: 'request_metadata', name, rules: { ...writing, operators, badOperator } };
}

const NAME_AND_VERSION = /^[^/]*\/[^/]*$/;

export function promptNamed(writing: Writing): Meaning {
  const rules: FieldRules = {
    ...writing,
    operators: ['='],
    badOperator: (operator) =>
      NULLED.includes(operator as Operator)
        ? `Invalid comparator '${operator}' for prompts filter. ` +
          'Only \'=\' is supported with format: prompt = "name/version"'
        : notOneOf(NULLED, '')(operator),
    value: {
      read: writing.value.read,
      settle(value) {
        if (typeof value === 'string' && NAME_AND_VERSION.test(value)) return value;
        throw invalidParameter(
          `Invalid prompts filter value '${value}'. Expected format: prompt = "name/version"`,
        );
      },
    },
  };
  return { entity: 'tag', name: PROMPTS_TAG, rules };
}

const TEXT_OPERATORS: readonly Operator[] = ['LIKE', 'ILIKE'];

export const contentNamed = (writing: Writing): Meaning => ({
  entity: 'span',
  name: CONTENT,
  rules: {
    ...writing,
    operators: TEXT_OPERATORS,
    badOperator: spanNotOneOf(CONTENT, TEXT_OPERATORS),
  },
});

/** Some keys stand for fields of another entity, whatever entity they are written with. */
export function byAlias(key: string, writing: Writing): Meaning | undefined {
  switch (key.toLowerCase()) {
    case 'name':
      return tagNamed(TAG.name, writing);
    case 'run_id':
      return metadataNamed(METADATA.sourceRun, writing);
    case 'prompt':
      return promptNamed(writing);
    case 'text':
      return contentNamed(writing);
    default:
      return undefined;
  }
}
